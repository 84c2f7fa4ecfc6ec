"use client";

import { Menu } from "@base-ui/react/menu";
import { useQuery } from "@tanstack/react-query";

import { Icon } from "#components/ui/icon.tsx";
import { servicesQuery } from "#lib/client/query-options.ts";
import { DEFAULT_WINDOW, useView } from "#lib/client/search-params.ts";

import { MENU_ITEM, Picker } from "./picker.tsx";

/** Every namespace that a source knows of, also those that the view leaves out. */
export function useNamespaces(): string[] {
  const services = useQuery({ ...servicesQuery(DEFAULT_WINDOW), staleTime: 30_000, refetchInterval: 30_000 });
  const names = services.data?.value.items.map((service) => service.namespace).filter((name) => name !== null) ?? [];
  return [...new Set(names)].toSorted();
}

export function NamespacePicker() {
  const { namespaces, setView } = useView();
  const known = useNamespaces();
  const all = [...new Set([...known, ...namespaces])].toSorted();
  const toggle = (name: string, isChosen: boolean) => {
    const next = isChosen ? [...namespaces, name] : namespaces.filter((each) => each !== name);
    void setView({ namespaces: next.length === 0 ? null : next.toSorted() });
  };
  return (
    <Picker
      label="Namespaces"
      items={
        <>
          <Menu.Item className={MENU_ITEM} onClick={() => void setView({ namespaces: null })}>
            <span>{namespaces.length === 0 ? <Icon name="check" /> : null}</span>
            All namespaces
          </Menu.Item>
          <Menu.Separator className="my-1 border-t" />
          {all.map((name) => (
            <Menu.CheckboxItem
              key={name}
              className={MENU_ITEM}
              checked={namespaces.includes(name)}
              onCheckedChange={(isChosen) => toggle(name, isChosen)}
            >
              <Menu.CheckboxItemIndicator>
                <Icon name="check" />
              </Menu.CheckboxItemIndicator>
              <span className="col-start-2">{name}</span>
              {known.includes(name) ? null : <span className="text-11 text-text-3">not seen</span>}
            </Menu.CheckboxItem>
          ))}
          {all.length === 0 ? <p className="px-3 py-2 text-12 text-text-3">No namespace is known yet.</p> : null}
        </>
      }
    >
      {namespaces.length === 0 ? "All namespaces" : namespaces.length === 1 ? namespaces[0] : "Namespaces"}
      <small className="inline-block min-w-[1ch] text-12 font-regular text-text-3">
        {namespaces.length === 0 ? (known.length === 0 ? "" : known.length) : namespaces.length > 1 ? namespaces.length : ""}
      </small>
    </Picker>
  );
}
