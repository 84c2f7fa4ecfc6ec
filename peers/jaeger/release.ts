/** The module version everything here was verified with. Its package `cmd/jaeger` is the second generation. */
export const JAEGER_VERSION = "1.76.0";
export const JAEGER_MODULE = "github.com/jaegertracing/jaeger";
export const JAEGER_PACKAGE = `${JAEGER_MODULE}/cmd/jaeger`;

/** Go's own checksum of the module (`h1:`), compared besides the check that Go makes against its checksum database. */
export const MODULE_SUM = "h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=";
