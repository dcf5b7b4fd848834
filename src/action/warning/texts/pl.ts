import type { WarningTexts } from '../warning-texts.ts';

export const polish: WarningTexts = {
  title: 'Uwaga na tę wiadomość',
  cameThrough: (vendor) =>
    `Przyszła przez ${vendor}, ale nie przypomina wiadomości, które zwykle stamtąd przychodzą:`,
  differs: (vendor) =>
    `Przyszła przez ${vendor}, ale nie przypomina wiadomości, które zwykle stamtąd przychodzą.`,
  claims: (vendor) => `Podaje, że pochodzi od ${vendor}, czego nie udało się potwierdzić.`,
  unchecked: (vendor) =>
    `Przyszła przez ${vendor}, ale jest zbudowana tak, że nie dało się jej sprawdzić.`,
  unusual: {
    phone: 'Zawiera numer telefonu, który jest nowy u tego nadawcy.',
    wallet: 'Zawiera adres do płatności w kryptowalucie.',
    link: 'Prowadzi do adresu internetowego, który jest nowy u tego nadawcy.',
    'reply-address': 'Podaje adres e-mail, który jest nowy u tego nadawcy.',
    subject: 'Temat zawiera słowa, których ten nadawca tam nie używa.',
    'sender-name': 'Nazwa nadawcy jest nietypowa.',
    wording: 'Tekst nie przypomina tego, co pisze ten nadawca.',
    stranger: 'Napisał ją ktoś, kto nie jest tu znany.',
    attachment: 'Załącznik nie przypomina tych, które dołącza ten nadawca.',
    path: 'Przyszła nietypową drogą.',
    addressee: 'Pierwotnie nie była adresowana do tego odbiorcy.',
    copy: 'Wygląda jak kopia starszej wiadomości.',
    burst: 'Takich wiadomości przychodzi teraz nietypowo dużo.',
    'seen-elsewhere': 'Te same dane kontaktowe występują w wiadomościach innych firm.',
  },
  advice:
    'Proszę nie dzwonić pod podane numery, nie otwierać linków ani załączników i nie używać adresów z tej wiadomości.',
  goTo: (vendor, address) =>
    `Aby sprawdzić, czy jest prawdziwa, proszę samemu wejść na stronę ${vendor}, wpisując ${address} w przeglądarce.`,
  goToKnown: (vendor) =>
    `Aby sprawdzić, czy jest prawdziwa, proszę skontaktować się z ${vendor} tak jak zawsze.`,
  addedBy: (hostname) => `To ostrzeżenie dodał serwer ${hostname}.`,
};
