import type { WarningTexts } from '../warning-texts.ts';

export const portuguese: WarningTexts = {
  title: 'Tenha cuidado com esta mensagem',
  cameThrough: (vendor) =>
    `Chegou através de ${vendor}, mas não se parece com as mensagens habituais:`,
  differs: (vendor) => `Chegou através de ${vendor}, mas não se parece com as mensagens habituais.`,
  claims: (vendor) => `Afirma vir de ${vendor}, e isso não pôde ser confirmado.`,
  unchecked: (vendor) =>
    `Chegou através de ${vendor}, mas está feita de modo que não pôde ser verificada.`,
  unusual: {
    phone: 'Contém um número de telefone novo para este remetente.',
    wallet: 'Contém um endereço para pagamentos em criptomoeda.',
    link: 'Leva a um endereço web novo para este remetente.',
    'reply-address': 'Indica um endereço de e-mail novo para este remetente.',
    subject: 'O assunto contém palavras que este remetente não usa ali.',
    'sender-name': 'O nome do remetente é invulgar.',
    wording: 'O texto não se parece com o que este remetente escreve.',
    stranger: 'Foi escrita por alguém que não é conhecido aqui.',
    attachment: 'O anexo não se parece com os deste remetente.',
    path: 'Chegou por um caminho invulgar.',
    addressee: 'Na origem não era dirigida a si.',
    copy: 'Parece uma cópia de uma mensagem mais antiga.',
    burst: 'Estão a chegar muito mais mensagens destas do que é normal.',
    'seen-elsewhere': 'Os mesmos contactos aparecem em mensagens de outras empresas.',
  },
  advice:
    'Não ligue para números, não abra links nem anexos e não use endereços que estejam nesta mensagem.',
  goTo: (vendor, address) =>
    `Para saber se é autêntica, vá por si a ${vendor}: escreva ${address} no seu navegador.`,
  goToKnown: (vendor) => `Para saber se é autêntica, vá a ${vendor} pelo caminho que usa sempre.`,
  addedBy: (hostname) => `Este aviso foi acrescentado por ${hostname}.`,
};
