/** Warp threads and one weft. */
export function Logo() {
  return (
    <svg
      width="24"
      height="24"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M6 3v5.200M6 13.200V21M12 3v12.200M18 3v5.200M18 13.200V21M12 20.200V21" opacity=".9" />
      <path d="M2.500 10.700h5c2.500 0 2 6.800 4.500 6.800s2-6.800 4.500-6.800h5" stroke="var(--info)" />
    </svg>
  );
}
