/** How a card offers Deploy, beside what stands in its way. */
export interface Offering {
  /** True when other organisations can read this card: it has no Deploy. */
  readonly shared: boolean;
  /** True when Deploy asks the questions of the service in a modal, which takes the place of its confirmation. */
  readonly asks: boolean;
}
