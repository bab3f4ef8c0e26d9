// Enhancements of the account area only: every page works without this file.
const all = selector => [...document.querySelectorAll(selector)];

/** Pages say times in UTC, since no server knows where somebody sits; the browser does. */
function localTimes() {
  const language = document.documentElement.lang || "en";
  const exact = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { // as the server writes them
    day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  });
  for (const time of all("time[data-local], time[title]")) {
    const text = exact.format(new Date(time.dateTime));
    if (time.title) time.title = text;
    else time.textContent = text;
  }
}

/** A button that says for two seconds, also to screen readers, what came of it. */
function answer(button, text, said) {
  const before = button.dataset.before ??= button.textContent;
  button.textContent = said.textContent = text;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => { button.textContent = before; said.textContent = ""; }, 2000);
}

function copyButtons() {
  const buttons = all("[data-copy]");
  if (!buttons.length) return;
  const said = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  said.setAttribute("role", "status");
  document.body.append(said);

  async function copy(element) {
    const text = element.value ?? (element.children.length ? [...element.children].map(child => child.textContent).join("\n") : element.textContent);
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    if (element.select) element.select();
    else getSelection().selectAllChildren(element);
    if (!document.execCommand("copy")) throw new Error("The browser does not allow copying");
  }
  for (const button of buttons) {
    const element = document.getElementById(button.dataset.copy);
    if (!element) continue;
    button.addEventListener("click", () => copy(element).then(() => answer(button, "Copied", said), () => answer(button, "Not copied", said)));
    button.hidden = false;
  }
}

function printButtons() {
  for (const button of all("[data-print]")) {
    button.addEventListener("click", () => print());
    button.hidden = false;
  }
}

/** A password that is typed once is looked at once. */
function revealButtons() {
  for (const input of all("input[data-reveal]")) {
    const label = document.querySelector(`label[for="${input.id}"]`).textContent.toLowerCase();
    const button = Object.assign(document.createElement("button"), { type: "button", className: "reveal" });
    const box = Object.assign(document.createElement("div"), { className: "revealing" });
    function show(isShown) {
      input.type = isShown ? "text" : "password";
      button.textContent = isShown ? "Hide" : "Show";
      button.setAttribute("aria-label", `${button.textContent} the ${label.replace("your ", "")}`);
    }
    button.addEventListener("click", () => { show(input.type === "password"); input.focus(); });
    // Sent as text it might be remembered like one.
    input.form.addEventListener("submit", () => show(false));
    input.replaceWith(box);
    box.append(input, button);
    show(false);
  }
}

/** Nobody does a thing twice by pressing twice; whoever was refused stands at the field that is wrong. */
function forms() {
  for (const form of all("main form[method=post]:not([data-again])")) {
    form.addEventListener("submit", event => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    addEventListener("pageshow", () => delete form.dataset.sent);
  }
  document.querySelector('[aria-invalid="true"]')?.focus();
}

/** Links such as /account#password open what they lead to. */
function settings() {
  function open() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  addEventListener("hashchange", open);
  open();
}

for (const part of [localTimes, copyButtons, printButtons, revealButtons, forms, settings]) {
  try { part(); } catch (error) { console.error(error); }
}
