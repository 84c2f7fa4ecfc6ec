import { spawn } from "node:child_process";

/** Opens the page in the reader's browser where there is a desktop; says nothing where there is none. */
export function openBrowser(url: string): void {
  const hasDesktop = process.platform === "darwin" || process.env["DISPLAY"] !== undefined || process.env["WAYLAND_DISPLAY"] !== undefined;
  if (!hasDesktop) return;
  const child = spawn(process.platform === "darwin" ? "open" : "xdg-open", [url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
