import type { MessageView } from './message-view.ts';

/** How letters begin in the languages of the lure tables; folded text, so accents are gone. */
const salutation =
  /^[^\p{L}]{0,10}(?:dear|hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|sehr geehrte\w*|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|bonjour|bonsoir|cher|chere|madame|monsieur|hola|estimad[oa]s?|buen[oa]s (?:dias|tardes)|ola|prezad[oa]s?|car[oa]s?|bom dia|gentile|egregi[oa]|ciao|salve|buongiorno|beste|geachte|dzien dobry|witaj|szanown\w+)(?!\p{L})/iu;

/** Sentences among which a greeting is looked for: preheader, logo and headline come first. */
const searched = 12;
const maxLength = 500;

/**
 * The greeting of the message with the name in it ("Dear …,"), folded; null without one. Vendors put the account's own
 * name there, and whoever opens the account writes it.
 */
export function greetingOf({ sentences }: MessageView): string | null {
  const found = sentences.slice(0, searched).find(({ folded }) => salutation.test(folded));
  return found ? found.folded.slice(0, maxLength) : null;
}
