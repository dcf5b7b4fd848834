import type { WarningTexts } from '../warning-texts.ts';

export const french: WarningTexts = {
  title: 'Soyez prudent avec ce message',
  cameThrough: (vendor) =>
    `Il est passé par ${vendor}, mais il ne ressemble pas aux messages habituels :`,
  differs: (vendor) =>
    `Il est passé par ${vendor}, mais il ne ressemble pas aux messages habituels.`,
  claims: (vendor) => `Il prétend venir de ${vendor}, ce qui n'a pas pu être confirmé.`,
  unchecked: (vendor) =>
    `Il est passé par ${vendor}, mais il est construit de telle sorte qu'il n'a pas pu être vérifié.`,
  unusual: {
    phone: 'Il contient un numéro de téléphone nouveau pour cet expéditeur.',
    wallet: 'Il contient une adresse de paiement en cryptomonnaie.',
    link: 'Il mène à une adresse web nouvelle pour cet expéditeur.',
    'reply-address': 'Il indique une adresse e-mail nouvelle pour cet expéditeur.',
    subject: "L'objet contient des mots que cet expéditeur n'y emploie pas.",
    'sender-name': "Le nom de l'expéditeur est inhabituel.",
    wording: 'Le texte ne ressemble pas à ce que cet expéditeur écrit.',
    stranger: "Il a été écrit par quelqu'un qui n'est pas connu ici.",
    attachment: 'La pièce jointe ne ressemble pas à celles de cet expéditeur.',
    path: 'Il est arrivé par un chemin inhabituel.',
    addressee: "Il ne vous était pas adressé à l'origine.",
    copy: "Il ressemble à la copie d'un message plus ancien.",
    burst: 'De tels messages arrivent en nombre inhabituel.',
    'seen-elsewhere': "Les mêmes coordonnées figurent dans des messages d'autres entreprises.",
  },
  advice:
    "N'appelez aucun numéro, n'ouvrez aucun lien ni pièce jointe et n'utilisez aucune adresse de ce message.",
  goTo: (vendor, address) =>
    `Pour savoir s'il est authentique, allez vous-même chez ${vendor} : saisissez ${address} dans votre navigateur.`,
  goToKnown: (vendor) =>
    `Pour savoir s'il est authentique, allez chez ${vendor} comme vous le faites d'habitude.`,
  addedBy: (hostname) => `Cet avis a été ajouté par ${hostname}.`,
};
