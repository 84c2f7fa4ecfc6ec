// Runs before anything else on every page: the theme before the first paint, and the page's only Trusted Types policy.
(function () {
  // The policy forbids eval; zod would probe for it once and leave a violation report in the console.
  globalThis.__zod_globalConfig = { jitless: true };

  var root = document.documentElement;
  try {
    var stored = JSON.parse(localStorage.getItem("weft.preferences") || "{}");
    if (stored.theme === "light" || stored.theme === "dark") root.dataset.theme = stored.theme;
    if (stored.density === "compact") root.dataset.density = "compact";
  } catch {
    // Storage is closed or holds something else: the system's theme it is.
  }

  if (!window.trustedTypes) return;
  window.trustedTypes.createPolicy("default", {
    // Handed back as it came: the loader finds a chunk again by the exact text of its address.
    createScriptURL: function (url) {
      var target = new URL(url, location.href);
      if (target.origin === location.origin && target.pathname.startsWith("/_next/static/")) return url;
      throw new TypeError("Script address refused: " + target.href);
    },
  });
})();
