"use client";

import { SecurityPage } from "#components/security/security-page.tsx";

export function SecurityClient() {
  return <SecurityPage />;
}
