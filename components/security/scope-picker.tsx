"use client";

import { Menu } from "@base-ui/react/menu";

import { Picker } from "#components/shell/picker.tsx";
import { printScope } from "#lib/client/security-queries.ts";
import type { WhatIfScope } from "#lib/model/security.ts";

import { MenuChoice } from "./edge-filters.tsx";
import { MESH_SCOPE, scopeName, type ScopeOption, type ScopeOptions } from "./what-if-scopes.ts";

export interface ScopePickerProps {
  scope: WhatIfScope;
  options: ScopeOptions;
  onChoose: (scope: WhatIfScope) => void;
}

/** What is asked about: one workload, a namespace, everything. */
export function ScopePicker({ scope, options, onChoose }: ScopePickerProps) {
  const all = [...options.workloads, ...options.namespaces];
  const choose = (value: unknown) => {
    if (value === printScope(MESH_SCOPE)) return onChoose(MESH_SCOPE);
    const option = all.find((each) => each.value === value);
    return option === undefined ? undefined : onChoose(option.scope);
  };
  return (
    <Picker
      label="Asked about"
      isBoxed
      items={
        <Menu.RadioGroup value={printScope(scope)} onValueChange={choose}>
          <MenuChoice value={printScope(MESH_SCOPE)}>The whole mesh</MenuChoice>
          <Options title="Namespaces" options={options.namespaces} />
          <Options title="Workloads" options={options.workloads} />
        </Menu.RadioGroup>
      }
    >
      <span className="max-w-40 truncate text-12">{scopeName(scope)}</span>
    </Picker>
  );
}

function Options({ title, options }: { title: string; options: readonly ScopeOption[] }) {
  if (options.length === 0) return null;
  return (
    <Menu.Group>
      <Menu.GroupLabel className="mt-1 border-t px-3 pt-2 pb-1 text-11 font-medium text-text-3">{title}</Menu.GroupLabel>
      {options.map((option) => (
        <MenuChoice key={option.value} value={option.value} note={option.note}>
          {option.name}
        </MenuChoice>
      ))}
    </Menu.Group>
  );
}
