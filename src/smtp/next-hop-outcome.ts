import { SmtpError, type Reply } from './reply.ts';

/** Steps with the next hop, in their order; `data` ends with its reply to the message. */
export const nextHopStages = ['connect', 'mail', 'rcpt', 'data'] as const;
export type NextHopStage = (typeof nextHopStages)[number];

/** What came of a step: the class of the reply, or `lost` where there was none. */
export const nextHopOutcomes = ['2xx', '4xx', '5xx', 'lost'] as const;
export type NextHopOutcome = (typeof nextHopOutcomes)[number];

export type OnNextHop = (stage: NextHopStage, outcome: NextHopOutcome) => void;

/** Tells what comes of a step; what it throws goes on. */
export async function tellingOutcome(
  stage: NextHopStage,
  onNextHop: OnNextHop,
  step: () => Promise<Reply>,
): Promise<Reply> {
  try {
    const answer = await step();
    onNextHop(stage, outcomeOf(answer));
    return answer;
  } catch (error) {
    tellFailure(stage, onNextHop, error);
    throw error;
  }
}

/** Tells of a step that threw, where the next hop and not the client is why. */
export function tellFailure(stage: NextHopStage, onNextHop: OnNextHop, error: unknown): void {
  if (!(error instanceof SmtpError)) return;
  const { code, enhancedCode } = error.reply;
  if (code === 451 && enhancedCode === '4.4.2') return; // the client went away
  // 451 4.4.1 is what we say ourselves where the next hop said nothing; its own replies are not thrown.
  onNextHop(stage, code === 451 && enhancedCode === '4.4.1' ? 'lost' : outcomeOf(error.reply));
}

function outcomeOf({ code }: Reply): NextHopOutcome {
  if (code < 400) return '2xx';
  return code < 500 ? '4xx' : '5xx';
}
