import * as z from 'zod';

/** How far the gateway goes with mail. */
export const mode = z.enum(['shadow', 'tag', 'enforce']).meta({
  description: 'The most that is done to mail. Learning is the same in all three.',
  enumDescriptions: [
    'write down what would be done, touch nothing',
    'header fields only',
    'the actions below',
  ],
  examples: ['tag'],
});

/** What happens to a message. */
export const action = z.enum(['pass', 'tag', 'quarantine', 'defer', 'reject']).meta({
  description: 'What happens to such mail.',
  enumDescriptions: [
    'relay it as it came',
    'relay it with header fields that say why (and the warning, where one is set)',
    'hold it in the quarantine for an operator',
    'answer 451: the client keeps it and tries again',
    'answer 550: the sender is told',
  ],
  examples: ['tag'],
});

/** What happens to mail when something of ours fails. */
export const onFailure = z.enum(['relay', 'defer']).meta({
  description: 'What happens to mail meanwhile.',
  enumDescriptions: ['relay it unscored', 'answer 451: the client keeps it and tries again'],
  examples: ['relay'],
});
