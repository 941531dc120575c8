import { Dialog } from './dialog.js';

/** What a button asks before it does anything. */
export interface Question {
  title: { text: string };
  text: { text: string };
  confirm: { text: string };
  deny: { text: string };
  style?: 'primary' | 'danger';
}

/** Slack's confirmation dialog; Escape is the same as its "no". */
export function Confirm({ question, answer }: { question: Question; answer: (yes: boolean) => void }) {
  return (
    <Dialog title={question.title.text} className="confirm" close={() => answer(false)}>
      <p>{question.text.text}</p>
      <div className="ends">
        <button type="button" onClick={() => answer(false)}>
          {question.deny.text}
        </button>
        <button type="button" className={question.style ?? 'primary'} onClick={() => answer(true)}>
          {question.confirm.text}
        </button>
      </div>
    </Dialog>
  );
}
