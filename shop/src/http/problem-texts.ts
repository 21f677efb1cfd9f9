import { type ProblemCode, problems } from './problem-codes.ts';

/** The languages that people are answered in. */
export type Language = 'ko' | 'en';

/** Numbers and names that a text may mention. */
export type Facts = Readonly<Record<string, string | number>>;

/** What a person is told. `{name}` stands for a fact. */
export function detailOf(code: ProblemCode, language: Language, facts: Facts): string {
  return texts[code][language].replace(
    /\{(\w+)\}/g,
    (_all, name: string) => `${facts[name] ?? ''}`,
  );
}

/** What a problem is called. */
export function titleOf(code: ProblemCode, language: Language): string {
  return language === 'ko' ? koreanTitles[code] : problems[code].title;
}

/** The language asked for by an `Accept-Language` header; Korean unless English comes first. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wishes = (acceptLanguage ?? '').split(',').map(wishOf);
  const known = wishes.filter(({ tag, weight }) => /^(ko|en)\b/.test(tag) && weight > 0);
  const [first] = known.toSorted((one, other) => other.weight - one.weight);
  return first?.tag.startsWith('en') === true ? 'en' : 'ko';
}

function wishOf(part: string): { readonly tag: string; readonly weight: number } {
  const [tag = '', quality] = part
    .trim()
    .toLowerCase()
    .split(/;\s*q=/);
  const weight = quality === undefined ? 1 : Number(quality);
  return { tag, weight: Number.isNaN(weight) ? 0 : weight };
}

const texts: Readonly<Record<ProblemCode, Readonly<Record<Language, string>>>> = {
  'malformed-json': {
    ko: '요청 본문이 올바른 JSON이 아닙니다.',
    en: 'The body is not well-formed JSON.',
  },
  'validation-failed': {
    ko: '요청을 이해할 수 없습니다. {field}: {problem}',
    en: 'The request is not as it should be. {field}: {problem}',
  },
  'not-allowed': {
    ko: '관리자만 할 수 있는 일입니다.',
    en: 'Only whoever runs this shop may do that.',
  },
  'foreign-origin': {
    ko: '다른 사이트에서 보낸 요청은 받지 않습니다.',
    en: 'Requests from another site are not answered.',
  },
  'product-not-found': {
    ko: '보물을 찾을 수 없습니다. (번호: {productId})',
    en: 'No such treasure (id {productId})',
  },
  'order-not-found': {
    ko: '주문을 찾을 수 없습니다. (번호: {orderId})',
    en: 'No such order (id {orderId})',
  },
  'reservation-not-found': {
    ko: '예약을 찾을 수 없습니다. (번호: {reservationId})',
    en: 'No such reservation (id {reservationId})',
  },
  'ranking-not-found': {
    ko: '그런 순위는 없습니다. 있는 순위: {known}',
    en: 'No such ranking. There are: {known}',
  },
  'instance-not-found': {
    ko: '그런 인스턴스는 없습니다. 있는 인스턴스: {known}',
    en: 'No such instance. There are: {known}',
  },
  'route-not-found': {
    ko: '그런 주소는 없습니다. 주소 목록은 /basquiat-api 에 있습니다.',
    en: 'No such address. All of them are listed at /basquiat-api',
  },
  'out-of-stock': {
    ko: '남은 수량이 모자라 합류할 수 없습니다. 남은 수량: {available}개',
    en: 'Not enough left. Remaining: {available}',
  },
  'stock-below-zero': {
    ko: '재고를 그만큼 바꿀 수 없습니다. 남은 수량: {available}개',
    en: 'The stock cannot change by that much. Remaining: {available}',
  },
  'already-confirmed': {
    ko: '이미 확정한 예약입니다.',
    en: 'This reservation is already confirmed.',
  },
  'already-cancelled': {
    ko: '이미 취소했습니다.',
    en: 'This is already cancelled.',
  },
  'instance-down': {
    ko: '이미 꺼진 인스턴스입니다. 곧 다시 켜집니다. ({id})',
    en: 'This instance is down already and comes back soon ({id}).',
  },
  'method-not-allowed': {
    ko: '이 주소에서는 쓸 수 없는 방식입니다. 쓸 수 있는 방식: {allow}',
    en: 'This address does not take that method. It takes: {allow}',
  },
  'too-large': {
    ko: '요청 본문이 너무 큽니다. 16 kB까지 받습니다.',
    en: 'The body is too large. 16 kB at most.',
  },
  'not-json': {
    ko: '요청 본문은 application/json이어야 합니다.',
    en: 'The body must be application/json.',
  },
  'date-in-past': {
    ko: '지난 날짜로는 예약할 수 없습니다.',
    en: 'You cannot reserve a past day.',
  },
  'date-too-far': {
    ko: '{last}까지만 예약할 수 있습니다.',
    en: 'You can reserve until {last}.',
  },
  'date-not-real': {
    ko: '달력에 없는 날짜입니다. ({reserveDate})',
    en: 'The calendar has no such day ({reserveDate}).',
  },
  'idempotency-key-reused': {
    ko: '같은 Idempotency-Key로 다른 요청을 보냈습니다.',
    en: 'This Idempotency-Key was used for another request.',
  },
  'too-many-requests': {
    ko: '요청이 너무 많습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'Too many requests. Please try again in a moment.',
  },
  internal: {
    ko: '문제가 생겼습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'Something went wrong. Please try again in a moment.',
  },
  busy: {
    ko: '지금 손님이 많습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'Many customers right now. Please try again.',
  },
  'sql-unavailable': {
    ko: '장부를 열 수 없습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'The books cannot be reached. Please try again in a moment.',
  },
  'no-responder': {
    ko: '지금 응답할 사람이 없습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'Nobody is there to answer. Please try again in a moment.',
  },
  restoring: {
    ko: '집계를 복구하는 중입니다. ({percent}%)',
    en: 'Restoring counts ({percent}%)',
  },
  'counts-unavailable': {
    ko: '지금은 집계를 읽을 수 없습니다.',
    en: 'Counts cannot be read right now.',
  },
  'no-customers': {
    ko: '이 가게는 모의 손님 없이 열렸습니다.',
    en: 'This shop was opened without simulated customers.',
  },
  'responder-timeout': {
    ko: '응답이 늦어지고 있습니다. 잠시 뒤 다시 시도해 주세요.',
    en: 'This takes longer than usual. Please try again.',
  },
};

const koreanTitles: Readonly<Record<ProblemCode, string>> = {
  'malformed-json': '잘못된 JSON',
  'validation-failed': '잘못된 요청',
  'not-allowed': '권한 없음',
  'foreign-origin': '다른 사이트의 요청',
  'product-not-found': '없는 보물',
  'order-not-found': '없는 주문',
  'reservation-not-found': '없는 예약',
  'ranking-not-found': '없는 순위',
  'instance-not-found': '없는 인스턴스',
  'route-not-found': '없는 주소',
  'method-not-allowed': '쓸 수 없는 방식',
  'out-of-stock': '재고 부족',
  'stock-below-zero': '재고 범위 밖',
  'already-confirmed': '이미 확정됨',
  'instance-down': '꺼진 인스턴스',
  'already-cancelled': '이미 취소됨',
  'too-large': '너무 큰 요청',
  'not-json': 'JSON이 아님',
  'date-in-past': '지난 날짜',
  'date-too-far': '너무 먼 날짜',
  'date-not-real': '없는 날짜',
  'idempotency-key-reused': '다시 쓴 Idempotency-Key',
  'too-many-requests': '너무 많은 요청',
  internal: '내부 오류',
  busy: '혼잡',
  'sql-unavailable': '장부를 열 수 없음',
  'no-responder': '응답 없음',
  restoring: '집계 복구 중',
  'counts-unavailable': '집계를 읽을 수 없음',
  'no-customers': '모의 손님 없음',
  'responder-timeout': '응답 지연',
};
