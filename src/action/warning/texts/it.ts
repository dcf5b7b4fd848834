import type { WarningTexts } from '../warning-texts.ts';

export const italian: WarningTexts = {
  title: 'Attenzione a questo messaggio',
  cameThrough: (vendor) =>
    `È arrivato tramite ${vendor}, ma non somiglia ai messaggi che arrivano di solito:`,
  differs: (vendor) =>
    `È arrivato tramite ${vendor}, ma non somiglia ai messaggi che arrivano di solito.`,
  claims: (vendor) => `Dice di venire da ${vendor}, ma non è stato possibile confermarlo.`,
  unchecked: (vendor) =>
    `È arrivato tramite ${vendor}, ma è fatto in modo che non è stato possibile controllarlo.`,
  unusual: {
    phone: 'Contiene un numero di telefono nuovo per questo mittente.',
    wallet: 'Contiene un indirizzo per pagamenti in criptovaluta.',
    link: 'Porta a un indirizzo web nuovo per questo mittente.',
    'reply-address': 'Indica un indirizzo e-mail nuovo per questo mittente.',
    subject: "L'oggetto contiene parole che questo mittente non vi usa.",
    'sender-name': 'Il nome del mittente è insolito.',
    wording: 'Il testo non somiglia a quello che scrive questo mittente.',
    stranger: 'Lo ha scritto qualcuno che qui non è conosciuto.',
    attachment: "L'allegato non somiglia a quelli di questo mittente.",
    path: 'È arrivato per una via insolita.',
    addressee: "All'origine non era indirizzato a lei.",
    copy: 'Sembra la copia di un messaggio precedente.',
    burst: 'Ne stanno arrivando molti più del solito.',
    'seen-elsewhere': 'Gli stessi recapiti compaiono in messaggi di altre aziende.',
  },
  advice:
    'Non chiami numeri, non apra link o allegati e non usi indirizzi che si trovano in questo messaggio.',
  goTo: (vendor, address) =>
    `Per sapere se è autentico, vada lei stesso da ${vendor}: scriva ${address} nel browser.`,
  goToKnown: (vendor) =>
    `Per sapere se è autentico, vada da ${vendor} per la via che usa di solito.`,
  addedBy: (hostname) => `Questo avviso è stato aggiunto da ${hostname}.`,
};
