import type { WarningTexts } from '../warning-texts.ts';

export const german: WarningTexts = {
  title: 'Vorsicht bei dieser Nachricht',
  cameThrough: (vendor) =>
    `Sie kam über ${vendor}, gleicht aber nicht dem, was sonst von dort kommt:`,
  differs: (vendor) => `Sie kam über ${vendor}, gleicht aber nicht dem, was sonst von dort kommt.`,
  claims: (vendor) => `Sie gibt an, von ${vendor} zu sein; das ließ sich nicht bestätigen.`,
  unchecked: (vendor) =>
    `Sie kam über ${vendor}, ist aber so gebaut, dass sie nicht geprüft werden konnte.`,
  unusual: {
    phone: 'Sie enthält eine Telefonnummer, die für diesen Absender neu ist.',
    wallet: 'Sie enthält eine Adresse für Zahlungen in Kryptowährung.',
    link: 'Sie führt zu einer Internetadresse, die für diesen Absender neu ist.',
    'reply-address': 'Sie nennt eine E-Mail-Adresse, die für diesen Absender neu ist.',
    subject: 'Der Betreff enthält Wörter, die dieser Absender dort nicht benutzt.',
    'sender-name': 'Der Name des Absenders ist ungewöhnlich.',
    wording: 'Der Text gleicht nicht dem, was dieser Absender schreibt.',
    stranger: 'Geschrieben hat sie jemand, der hier nicht bekannt ist.',
    attachment: 'Der Anhang gleicht nicht dem, was dieser Absender anhängt.',
    path: 'Sie kam auf einem ungewöhnlichen Weg.',
    addressee: 'Sie war ursprünglich nicht an Sie gerichtet.',
    copy: 'Sie sieht wie die Kopie einer älteren Nachricht aus.',
    burst: 'Zurzeit kommen ungewöhnlich viele solche Nachrichten.',
    'seen-elsewhere': 'Dieselben Kontaktdaten stehen in Nachrichten anderer Unternehmen.',
  },
  advice:
    'Rufen Sie keine Nummern an, öffnen Sie keine Links oder Anhänge und benutzen Sie keine Adressen aus dieser Nachricht.',
  goTo: (vendor, address) =>
    `Ob sie echt ist, erfahren Sie bei ${vendor} selbst: Geben Sie ${address} in Ihren Browser ein.`,
  goToKnown: (vendor) =>
    `Ob sie echt ist, erfahren Sie bei ${vendor} selbst, auf dem Weg, den Sie immer nehmen.`,
  addedBy: (hostname) => `Diesen Hinweis hat ${hostname} eingefügt.`,
};
