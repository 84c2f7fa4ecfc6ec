import { Chip } from "#components/ui/chip.tsx";
import { Missing } from "#components/ui/delta.tsx";
import { ForeignText } from "#components/ui/foreign-text.tsx";
import { ScrollRegion } from "#components/ui/scroll-region.tsx";
import { StatusWord } from "#components/ui/status-word.tsx";
import { asSentence, formatCount } from "#lib/client/format.ts";
import type { AuthorizationStage, PolicyView } from "#lib/model/security.ts";

import { emptyStageWords } from "./authorization-rows.ts";
import { ACTION_WORDS } from "./security-words.ts";

export interface PolicyStageProps {
  stage: AuthorizationStage;
  number: number;
  /** Name of the workload, for those who hear the table. */
  workload: string;
}

/** One step of deciding: its policies, and how many requests passed it. A shadow step is marked as deciding nothing. */
export function PolicyStage({ stage, number, workload }: PolicyStageProps) {
  const isShadow = stage.mode === "shadow";
  const name = `${number}. ${ACTION_WORDS[stage.action]}`;
  return (
    <div className="rounded-2 bg-sunken">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2 text-12">
        <h3 className="font-semi">{name}</h3>
        {isShadow ? <Chip tone="info">shadow: counts, decides nothing</Chip> : null}
        <span className="ml-auto text-text-2">
          {stage.allowed === null && stage.denied === null
            ? "not counted by its proxies"
            : `${formatCount(stage.allowed)} ${isShadow ? "would be allowed" : "allowed"}, ${formatCount(stage.denied)} ${isShadow ? "would be denied" : "denied"}`}
        </span>
      </div>
      {stage.policies.length === 0 ? (
        <p className="px-3 pb-2 text-12 text-text-2">{emptyStageWords(stage)}</p>
      ) : (
        <ScrollRegion label={`Policies of step ${name} of ${workload}`} className="relative max-h-80 overflow-auto">
          <table className="w-full table-fixed border-collapse text-12">
            <caption className="sr-only">{`Policies of step ${name} of ${workload}`}</caption>
            <thead>
              <tr className="text-left text-11 text-text-3">
                <th scope="col" className="w-[34%] px-3 py-1 font-medium">
                  Policy
                </th>
                <th scope="col" className="px-3 py-1 font-medium">
                  Whom
                </th>
                <th scope="col" className="w-[18%] px-3 py-1 font-medium">
                  What for
                </th>
                <th scope="col" className="w-[84px] px-3 py-1 text-right font-medium">
                  Matched
                </th>
              </tr>
            </thead>
            <tbody>
              {stage.policies.map((policy) => (
                <PolicyRow key={policy.name} policy={policy} />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </div>
  );
}

function PolicyRow({ policy }: { policy: PolicyView }) {
  return (
    <tr className="border-t align-top">
      <th scope="row" className="px-3 py-1.5 text-left font-regular">
        <ForeignText text={policy.name} className="font-mono text-11 [overflow-wrap:anywhere]" />
        {policy.neverMatches === null ? null : (
          <span className="mt-0.5 block">
            <StatusWord tone="warn">never matches</StatusWord>
            <ForeignText text={asSentence(policy.neverMatches)} className="block text-text-2" />
          </span>
        )}
      </th>
      <td className="px-3 py-1.5 text-text-2 [overflow-wrap:anywhere]">
        <ForeignText text={policy.principals} />
      </td>
      <td className="px-3 py-1.5 text-text-2 [overflow-wrap:anywhere]">
        <ForeignText text={policy.permissions} />
      </td>
      <td className="px-3 py-1.5 text-right">{policy.matched === null ? <Missing word="not counted" /> : formatCount(policy.matched)}</td>
    </tr>
  );
}
