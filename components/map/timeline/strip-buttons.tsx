"use client";

import { Button } from "#components/ui/button.tsx";
import { Icon, type IconName } from "#components/ui/icon.tsx";
import { SCRUB_MS, type TimeControls } from "#lib/client/use-time-controls.ts";

export interface StripButtonsProps {
  controls: TimeControls;
  hasChanges: boolean;
  /** Moves the focus to the change before or after. */
  onChange: (way: -1 | 1) => void;
}

/** Every way to move in time that the picture offers to a hand, as buttons. */
export function StripButtons({ controls, hasChanges, onChange }: StripButtonsProps) {
  const { isLive, isPaused, toggle, scrubBy } = controls;
  return (
    <span className="-ml-1.5 flex gap-0.5">
      <StripButton icon="previous" label="Previous change" isDisabled={!hasChanges} onPress={() => onChange(-1)} />
      <StripButton icon="earlier" label="15 seconds back" onPress={() => scrubBy(-SCRUB_MS)} />
      <StripButton icon={isLive ? "pause" : "play"} label={isLive ? "Pause" : "Back to live"} isPressed={isPaused} onPress={toggle} />
      <StripButton icon="later" label="15 seconds on" isDisabled={isLive} onPress={() => scrubBy(SCRUB_MS)} />
      <StripButton icon="next" label="Next change" isDisabled={!hasChanges} onPress={() => onChange(1)} />
    </span>
  );
}

interface StripButtonProps {
  icon: IconName;
  label: string;
  isDisabled?: boolean;
  isPressed?: boolean;
  onPress: () => void;
}

function StripButton({ icon, label, isDisabled = false, isPressed, onPress }: StripButtonProps) {
  return (
    <Button kind="quiet" isSmall isIconOnly aria-label={label} aria-pressed={isPressed} isDisabled={isDisabled} onClick={onPress}>
      <Icon name={icon} size={14} />
    </Button>
  );
}
