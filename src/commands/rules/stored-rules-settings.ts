/** Settings of a command that looks at stored rules or changes them. */
export const storedRulesSettings = ['rulesDir', 'stateDir', 'store', 'hostname'] as const;
