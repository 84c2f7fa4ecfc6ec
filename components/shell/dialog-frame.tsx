"use client";

import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";

import { Button } from "#components/ui/button.tsx";
import { Icon } from "#components/ui/icon.tsx";

export interface DialogFrameProps {
  title: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

/** A dialog with a title and a way out. One at a time: nothing opens on top of it. */
export function DialogFrame({ title, isOpen, onOpenChange, children }: DialogFrameProps) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[color-mix(in_srgb,var(--bg)_70%,transparent)]" />
        <Dialog.Popup className="fixed left-1/2 top-[10dvh] z-50 max-h-[80dvh] w-[min(720px,calc(100vw-32px))] -translate-x-1/2 overflow-auto rounded-4 bg-raised p-5 shadow-3">
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="text-16 font-semi">{title}</Dialog.Title>
            <Dialog.Close
              render={
                <Button kind="quiet" isSmall isIconOnly aria-label="Close">
                  <Icon name="close" />
                </Button>
              }
            />
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
