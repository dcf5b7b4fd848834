/** Commands wait longer for a store than mail does. */
export const patientStoreTimeoutMs = 5000;
