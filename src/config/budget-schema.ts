import * as z from 'zod';

const budgetShape = {
  budget: z.number().positive().max(0.1).optional(),
  alertsPerDay: z.number().positive().max(1_000_000).optional(),
};
const floorBits = z.number().min(0).max(100);
const maturity = (minMessages: number, minDays: number) => ({
  minMessages: z.int().min(0).max(1_000_000).default(minMessages),
  minDays: z.int().min(0).max(3650).default(minDays),
});

/** `policy.yaml: tag`. */
export const tagSchema = z
  .strictObject({ ...budgetShape, floorBits: floorBits.default(7.25) })
  .superRefine(oneBudget)
  .transform(withBudget(1e-3))
  .prefault({});

/** `policy.yaml: quarantine`. */
export const quarantineSchema = z
  .strictObject({
    ...budgetShape,
    floorBits: floorBits.default(12),
    ...maturity(200, 7),
    contactPoint: z.strictObject(maturity(100, 14)).prefault({}),
  })
  .superRefine(oneBudget)
  .transform(withBudget(1e-4))
  .prefault({});

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
  });
}
