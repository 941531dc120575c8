import { boolean, byType, type Check, every, integer, isJson, list, object, oneOf, string, url } from './check.js';
import { anOption, colour, confirm, optionGroups, options, plainText } from './text.js';

const action = { action_id: string(255) };
const focus = { focus_on_load: boolean };
const placeholder = { placeholder: plainText(150) };
const asked = { confirm };
const dispatch = {
  dispatch_action_config: object(
    {},
    { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
  ),
};
const most = { max_selected_items: integer(1, 1000) };
const ids = list(string(255), 1000);
const filter = object(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);

const eitherOptions: Check = (value, path, report) => {
  if (isJson(value) && (value.options === undefined) === (value.option_groups === undefined))
    report('must provide either options or option_groups', path);
};

/** What is chosen at first is one of the options, to the letter. */
const initialAmongOptions: Check = (value, path, report) => {
  if (!isJson(value) || !Array.isArray(value.options)) return;
  const offered = new Set(value.options.map((one) => JSON.stringify(one)));
  const chosen = [
    ...(value.initial_option === undefined ? [] : [value.initial_option]),
    ...(Array.isArray(value.initial_options) ? value.initial_options : []),
  ];
  if (chosen.some((one) => !offered.has(JSON.stringify(one))))
    report('initial options must be among the options', path);
};

const initialFits: Check = (value, path, report) => {
  if (!isJson(value) || typeof value.initial_value !== 'string') return;
  const { max_length: most, initial_value: text } = value;
  if (typeof most === 'number' && text.length > most) report('initial_value is longer than max_length', path);
};

/** An image as an element: an address or a Slack file, and always a text for those who cannot see it. */
export const image: Check = every(
  byType({
    image: object(
      { alt_text: string(2000) },
      { image_url: url, slack_file: object({}, { id: string(255), url: string(3000) }) },
    ),
  }),
  (value, path, report) => {
    if (isJson(value) && (value.image_url === undefined) === (value.slack_file === undefined))
      report('must provide either image_url or slack_file', path);
  },
);

const button = object(
  { text: plainText(75) },
  { ...action, value: string(2000), url, style: colour, accessibility_label: string(75), ...asked },
);

const selects: Record<string, Check> = {
  static_select: every(
    object(
      {},
      {
        ...action,
        ...asked,
        ...focus,
        ...placeholder,
        options: options(100),
        option_groups: optionGroups,
        initial_option: anOption,
      },
    ),
    eitherOptions,
    initialAmongOptions,
  ),
  multi_static_select: every(
    object(
      {},
      {
        ...action,
        ...asked,
        ...focus,
        ...placeholder,
        ...most,
        options: options(100),
        option_groups: optionGroups,
        initial_options: options(100),
      },
    ),
    eitherOptions,
  ),
  users_select: object({}, { ...action, ...asked, ...focus, ...placeholder, initial_user: string(255) }),
  multi_users_select: object({}, { ...action, ...asked, ...focus, ...placeholder, ...most, initial_users: ids }),
  conversations_select: object(
    {},
    {
      ...action,
      ...asked,
      ...focus,
      ...placeholder,
      initial_conversation: string(255),
      default_to_current_conversation: boolean,
      response_url_enabled: boolean,
      filter,
    },
  ),
  channels_select: object(
    {},
    { ...action, ...asked, ...focus, ...placeholder, initial_channel: string(255), response_url_enabled: boolean },
  ),
};

const choices: Record<string, Check> = {
  checkboxes: every(
    object({ options: options(10) }, { ...action, ...asked, ...focus, initial_options: options(10) }),
    initialAmongOptions,
  ),
  radio_buttons: every(
    object({ options: options(10) }, { ...action, ...asked, ...focus, initial_option: anOption }),
    initialAmongOptions,
  ),
  datepicker: object({}, { ...action, ...asked, ...focus, ...placeholder, initial_date: string(10) }),
  timepicker: object(
    {},
    { ...action, ...asked, ...focus, ...placeholder, initial_time: string(5), timezone: string(255) },
  ),
  datetimepicker: object({}, { ...action, ...asked, ...focus, initial_date_time: integer(0, 9_999_999_999) }),
};

const typed = { ...action, ...dispatch, ...focus, ...placeholder };

const inputs: Record<string, Check> = {
  plain_text_input: every(
    object(
      {},
      {
        ...typed,
        initial_value: string(3000, 0),
        multiline: boolean,
        min_length: integer(0, 3000),
        max_length: integer(1, 3000),
      },
    ),
    initialFits,
  ),
  email_text_input: object({}, { ...typed, initial_value: string(3000) }),
  url_text_input: object({}, { ...typed, initial_value: string(3000) }),
  number_input: object(
    { is_decimal_allowed: boolean },
    { ...typed, initial_value: string(255), min_value: string(255), max_value: string(255) },
  ),
};

const overflow = object({ options: options(5) }, { ...action, ...asked });

/** What an `actions` block may contain. Elements that this bot does not use (workflow buttons, files) are not known. */
export const inActions = byType({ button, overflow, ...selects, ...choices });
/** What may stand beside a section. */
export const inSection = byType({ button, overflow, image, ...selects, ...choices });
/** What an input block may hold. */
export const inInput = byType({ ...inputs, ...selects, ...choices });
/** A card's buttons. */
export const onlyButtons = byType({ button });
