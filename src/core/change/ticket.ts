/** A ticket that a change names, in the tracker of the team. */
export interface Ticket {
  /** As the change names it, such as `SHOP-123`. Text that others wrote. */
  readonly id: string;
  /** Its page. */
  readonly url: string;
}
