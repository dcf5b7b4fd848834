import type { WarningTexts } from '../warning-texts.ts';

export const spanish: WarningTexts = {
  title: 'Tenga cuidado con este mensaje',
  cameThrough: (vendor) =>
    `Llegó a través de ${vendor}, pero no se parece a los mensajes habituales:`,
  differs: (vendor) => `Llegó a través de ${vendor}, pero no se parece a los mensajes habituales.`,
  claims: (vendor) => `Dice venir de ${vendor}, y eso no se pudo confirmar.`,
  unchecked: (vendor) =>
    `Llegó a través de ${vendor}, pero está hecho de modo que no se pudo comprobar.`,
  unusual: {
    phone: 'Contiene un número de teléfono nuevo para este remitente.',
    wallet: 'Contiene una dirección para pagos en criptomoneda.',
    link: 'Lleva a una dirección web nueva para este remitente.',
    'reply-address': 'Indica una dirección de correo nueva para este remitente.',
    subject: 'El asunto contiene palabras que este remitente no usa allí.',
    'sender-name': 'El nombre del remitente es inusual.',
    wording: 'El texto no se parece a lo que escribe este remitente.',
    stranger: 'Lo escribió alguien que aquí no se conoce.',
    attachment: 'El archivo adjunto no se parece a los de este remitente.',
    path: 'Llegó por un camino inusual.',
    addressee: 'En su origen no iba dirigido a usted.',
    copy: 'Parece una copia de un mensaje anterior.',
    burst: 'Están llegando muchos más mensajes así de lo normal.',
    'seen-elsewhere': 'Los mismos datos de contacto aparecen en correos de otras empresas.',
  },
  advice:
    'No llame a los números, no abra enlaces ni archivos adjuntos y no use las direcciones de este mensaje.',
  goTo: (vendor, address) =>
    `Para saber si es auténtico, acuda usted mismo a ${vendor}: escriba ${address} en su navegador.`,
  goToKnown: (vendor) =>
    `Para saber si es auténtico, acuda a ${vendor} por el camino que usa siempre.`,
  addedBy: (hostname) => `Este aviso fue añadido por ${hostname}.`,
};
