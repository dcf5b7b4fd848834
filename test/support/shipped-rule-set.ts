import { loadRules } from '../../src/config/load-rules.ts';
import { shippedRules } from '../config/rule-directory.ts';

const loading = await loadRules(shippedRules);
if (!loading.ok) throw new Error('the shipped rules do not load');

/** Read once per process: to read half a megabyte of YAML for every server that a test starts takes longer than the tests. */
export const shippedRuleSet = loading.rules;
