import { useEffect, useState } from "react";

/** Whether something has been so for a while: what passes sooner is not worth a change of the picture. */
export function useLasting(isSo: boolean, afterMs: number): boolean {
  const [hasLasted, setHasLasted] = useState(false);
  useEffect(() => {
    if (!isSo) return undefined;
    const timer = window.setTimeout(() => setHasLasted(true), afterMs);
    return () => {
      window.clearTimeout(timer);
      setHasLasted(false);
    };
  }, [isSo, afterMs]);
  return isSo && hasLasted;
}
