/** Names by which the proxies of the tests know the two versions of `reviews`. */
export const V1 = "outbound|9080|v1|reviews";
export const V2 = "outbound|9080|v2|reviews";

/** A route file as a human writes it. */
export const REVIEWS_YAML = `# Where calls to reviews go. Owner: team reviews.
version_info: "1"
resources:
  - "@type": type.googleapis.com/envoy.config.route.v3.RouteConfiguration
    name: reviews
    validate_clusters: true
    virtual_hosts:
      - name: reviews
        domains: ["reviews", "reviews:*"]
        routes:
          - name: main
            match: { prefix: / }
            metadata: { filter_metadata: { weft: { revision: "1" } } }
            route:
              timeout: 5s
              retry_policy: { retry_on: "connect-failure,refused-stream", num_retries: 1 }
              weighted_clusters:
                clusters:
                  - { name: "outbound|9080|v1|reviews", weight: 90 }
                  - { name: "outbound|9080|v2|reviews", weight: 10 } # candidate, raise in steps
`;

/** The rule in it. */
export const REVIEWS_RULE = "reviews/main";
