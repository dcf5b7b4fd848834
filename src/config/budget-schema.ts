import * as z from 'zod';

/** Where nothing is said, and until a day has been counted by which `alertsPerDay` becomes a chance. */
export const usualBudgets = { tag: 1e-3, quarantine: 1e-4 } as const;

const budgetShape = {
  budget: z
    .number()
    .positive()
    .max(0.1)
    .optional()
    .meta({
      description: `Share of honest messages you are ready to see treated so: 1e-3 is one in a thousand. Without it and without alertsPerDay: ${usualBudgets.tag} to tag, ${usualBudgets.quarantine} to hold.`,
      examples: [1e-3],
    }),
  alertsPerDay: z
    .number()
    .positive()
    .max(1_000_000)
    .optional()
    .meta({
      description:
        'The same as honest messages a day on the whole installation; the share follows from the usual volume. Never beside `budget`.',
      examples: [5],
    }),
};
const floorBits = z
  .number()
  .min(0)
  .max(100)
  .meta({
    description: 'Least evidence, in bits, whatever the budget allows.',
    examples: [12],
  });
const minMessages = z.int().min(0).max(1_000_000);
const minDays = z.int().min(0).max(3650);
const about = {
  minMessages: (usual: number) => ({
    description:
      'Matured messages an alias without a vendor pack must have before its mail is held.',
    examples: [usual],
  }),
  minDays: (usual: number) => ({
    description: 'Days these messages must be spread over.',
    examples: [usual],
  }),
  contactPoint: 'The same where the evidence includes a telephone number or a wallet.',
};
const maturity = (messages: number, days: number) => ({
  minMessages: minMessages.default(messages).meta(about.minMessages(messages)),
  minDays: minDays.default(days).meta(about.minDays(days)),
});

/** `policy.yaml: tag`. */
export const tagSchema = z
  .strictObject({ ...budgetShape, floorBits: floorBits.default(7.25) })
  .superRefine(oneBudget)
  .transform(withBudget(usualBudgets.tag))
  .prefault({})
  .describe('The first budget: mail past it is `suspicious`.');

/** `policy.yaml: quarantine`. */
export const quarantineSchema = z
  .strictObject({
    ...budgetShape,
    floorBits: floorBits.default(12),
    ...maturity(200, 7),
    contactPoint: z.strictObject(maturity(100, 14)).prefault({}).describe(about.contactPoint),
    maxHeldPerHour: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .default(1000)
      .meta({
        description:
          'Messages that one process holds within an hour at most; beyond it mail is tagged instead. null: no such bound.',
        examples: [1000],
      }),
  })
  .superRefine(oneBudget)
  .transform(withBudget(usualBudgets.quarantine))
  .prefault({})
  .describe('The second budget: mail past it is `anomalous`.');

/** `tag` in an override. */
export const tagSettings = z
  .strictObject({ ...budgetShape, floorBits: floorBits.optional() })
  .superRefine(oneBudget);

const someMaturity = (messages: number, days: number) => ({
  minMessages: minMessages.optional().meta(about.minMessages(messages)),
  minDays: minDays.optional().meta(about.minDays(days)),
});

/** `quarantine` in an override. */
export const quarantineSettings = z
  .strictObject({
    ...budgetShape,
    floorBits: floorBits.optional(),
    ...someMaturity(200, 7),
    contactPoint: z.strictObject(someMaturity(100, 14)).optional().describe(about.contactPoint),
  })
  .superRefine(oneBudget);

type BudgetInput = {
  readonly budget?: number | undefined;
  readonly alertsPerDay?: number | undefined;
};

function oneBudget({ budget, alertsPerDay }: BudgetInput, context: z.core.$RefinementCtx): void {
  if (budget === undefined || alertsPerDay === undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['alertsPerDay'],
    message: '`budget` stands here already: a chance or a number a day, not both',
    params: { hint: 'remove one of the two', on: 'key' },
  });
}

function withBudget(usual: number) {
  return <Given extends BudgetInput>({ budget, alertsPerDay, ...given }: Given) => ({
    ...given,
    budget: budget ?? usual,
    alertsPerDay: alertsPerDay ?? null,
    scope: null,
  });
}
