// Enhancements of the dashboard and the status page only: every page works without this file.
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const said = document.querySelector("[data-said]");

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** To screen readers. */
function say(text) { if (said) said.textContent = text; }

/** Pages say times in UTC, since no server knows where somebody sits; the browser does. */
function localTimes(from = document) {
  const language = document.documentElement.lang || "en";
  const exact = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { // as the server writes them
    day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
  });
  for (const time of all("time[data-local], time[title]", from)) {
    const text = exact.format(new Date(time.dateTime));
    if (time.title) time.title = text;
    else time.textContent = text;
  }
}

// ---------------------------------------------------------------- parts that change

/**
 * The page at an address, parsed and lifeless. This site's policy lets no script make HTML out of text;
 * a request for a document needs none.
 */
function load(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 15_000;
    request.onload = () => {
      if (new URL(request.responseURL).pathname === "/sign-in") { ended(); reject(new Error("Signed out")); }
      else if (request.status < 400 && request.responseXML) resolve(request.responseXML);
      else reject(new Error(`Status ${request.status}`));
    };
    request.onerror = request.ontimeout = () => reject(new Error("No answer"));
    request.send();
  });
}

const shown = new WeakMap(); // what each part was made from

/** Puts the part of a fresh page in the place of the one that is shown; false where the reader holds on to it. */
function exchange(fresh, part) {
  const other = fresh.getElementById(part.id);
  if (!other) return true;
  const source = other.innerHTML;
  if (shown.get(part) === source) return true;
  const selection = getSelection();
  if (!selection.isCollapsed && part.contains(selection.anchorNode)) return false;
  const active = part.contains(document.activeElement) && document.activeElement !== part ? document.activeElement : null;
  const open = all("details", part).map(details => details.open);
  const isAtEnd = part.scrollTop + part.clientHeight >= part.scrollHeight - 8, top = part.scrollTop;
  part.replaceChildren(...other.childNodes);
  shown.set(part, source);
  all("details", part).forEach((details, number) => { details.open ||= open[number] ?? false; });
  if (part.dataset.live === "logs") part.scrollTop = isAtEnd ? part.scrollHeight : top;
  if (active) {
    const name = element => element.getAttribute("aria-label") ?? element.getAttribute("href") ?? element.textContent;
    all(active.localName, part).find(element => name(element) === name(active))?.focus({ preventScroll: true });
  }
  localTimes(part);
  return true;
}

/** What the page itself is at, without what was only to be said once. */
function ownAddress() {
  const address = new URL(location.href);
  address.searchParams.delete("notice");
  return address.pathname + address.search;
}

const stale = new Set();
const watchers = []; // told of each fresh page
let timer = 0, isLoading = false, lastLoad = -Infinity, isEnded = false;

/** Has the parts with these topics looked at again, soon, and many changes at once. */
function touch(...topics) {
  for (const topic of topics) stale.add(topic);
  if (timer || isLoading || isEnded || document.hidden || !stale.size) return;
  timer = setTimeout(refresh, Math.max(250, 1200 - (performance.now() - lastLoad)));
}

async function refresh() {
  timer = 0;
  isLoading = true;
  const topics = new Set(stale);
  stale.clear();
  try {
    const fresh = await load(ownAddress());
    for (const part of all("[data-live]")) {
      if (topics.has(part.dataset.live) && !exchange(fresh, part)) stale.add(part.dataset.live);
    }
    for (const watcher of watchers) watcher(fresh, topics);
  } catch {
    // The stream says when there is something new again; until then the page stays as it is.
  } finally {
    isLoading = false;
    lastLoad = performance.now();
    if (stale.size) timer = setTimeout(refresh, 3000);
  }
}

const everything = () => all("[data-live]").map(part => part.dataset.live);

// ---------------------------------------------------------------- the stream

let source = null;
const listeners = {};

function ended() {
  if (isEnded) return;
  isEnded = true;
  source?.close();
  for (const notice of all("[data-ended]")) notice.hidden = false;
  for (const listener of listeners.ended ?? []) listener();
}

function live() {
  const desk = document.querySelector("[data-live-src]");
  if (!desk) return;
  let wasOpen = false, sleep = 0;

  function open() {
    if (isEnded || source && source.readyState !== EventSource.CLOSED) return;
    let isFirst = true;
    source = new EventSource(desk.dataset.liveSrc);
    source.addEventListener("open", () => {
      if (wasOpen) touch(...everything()); // what happened meanwhile was told to nobody
      wasOpen = true;
    });
    source.addEventListener("link", event => {
      const isAsShown = Boolean(document.querySelector(".link-line .dot-good")) === (event.data === "ready");
      if (!isFirst || !isAsShown) touch(...everything());
      isFirst = false;
    });
    source.addEventListener("change", event => touch(...event.data.split(" ")));
    source.addEventListener("chat", event => { for (const listener of listeners.chat ?? []) listener(JSON.parse(event.data)); });
    source.addEventListener("ended", ended);
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED || isEnded) return;
      setTimeout(() => { touch(...everything()); open(); }, 10_000); // the browser has given up, this page has not
    });
  }
  // A page that nobody looks at takes no connection from those that somebody does.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(sleep);
    if (document.hidden) sleep = setTimeout(() => source?.close(), 60_000);
    else { open(); touch(); }
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", event => { if (event.persisted) open(); });
  for (const part of all("[data-every]")) {
    part.scrollTop = part.scrollHeight;
    setInterval(() => touch(part.dataset.live), part.dataset.every * 1000);
  }
  open();
}

// ---------------------------------------------------------------- a conversation

function chat() {
  const main = document.querySelector("[data-chat]");
  if (!main) return;
  const part = selector => main.querySelector(selector);
  const [composer, problem, writing, running, stop, history] =
    ["[data-composer]", "[data-problem]", "[data-writing]", "[data-running]", "[data-stop]", "#live-history"].map(part);
  const [area, send, runningText] = [composer.querySelector("textarea"), composer.querySelector("button"), part("[data-running-text]")];
  const runs = new Map(); // answers that are shown here and not in the history yet
  let pending = null; // what was sent and is not in the history yet
  let isSending = false, awaited = null;

  const lastOf = (selector, from = history) => all(selector, from).at(-1)?.textContent.replace(/\s+/g, " ").trim() ?? "";
  const state = (from = history) => ({ agents: all(".said-agent", from).length, last: lastOf(".said-agent .said-body", from) });

  /** Keeps the end in view for somebody who is there. */
  function following(change) {
    const isAtEnd = main.getBoundingClientRect().bottom <= innerHeight + 120;
    change();
    if (isAtEnd) toEnd();
  }
  function toEnd() { scrollTo({ top: scrollY + main.getBoundingClientRect().bottom - innerHeight, behavior: "instant" }); }

  function bubble(kind, name, text) {
    const body = make("p", { className: "said-body said-plain", textContent: text });
    const item = make("li", { className: `said said-${kind}` }, make("p", { className: "said-who" }, make("b", { textContent: name })), body);
    writing.append(item);
    writing.hidden = false;
    return { item, body };
  }

  function show(words = "") {
    problem.textContent = words;
    problem.hidden = !words;
  }

  function showRunning() {
    const open = [...runs].filter(([, run]) => !run.isDone).map(([id]) => id);
    const isOpen = Boolean(awaited) || open.length > 0;
    if (isOpen && running.hidden) runningText.textContent = "An answer is being written.";
    running.hidden = !isOpen;
    stop.elements.run.value = open.at(-1) ?? (awaited === true ? "" : awaited ?? "");
    writing.hidden = !writing.childElementCount;
  }

  function begin(id) {
    if (!runs.has(id)) {
      const { item, body } = bubble("agent", document.querySelector("h1").textContent, "");
      item.classList.add("said-writing");
      runs.set(id, { item, body, before: state(), isDone: false, tries: 0 });
      say("An answer is being written.");
    }
    if (awaited === true || awaited === id) awaited = null;
    return runs.get(id);
  }

  /** Has the history looked at until it has the answer, with its words set as they are meant. */
  function settle(run) {
    touch("history");
    run.tries += 1;
    if (run.tries < 6) setTimeout(() => { if (run.item.isConnected) settle(run); }, 800 * run.tries);
  }

  (listeners.chat ??= []).push(frame => following(() => {
    if (frame.state === "gap") { touch("history"); return; }
    if (frame.state !== "delta" && !runs.has(frame.run)) { awaited = null; showRunning(); touch("history"); }
    if (frame.state === "error") show(frame.text);
    // An answer that was stopped before its first word is in no history.
    if (!["delta", "aborted"].includes(frame.state) && !runs.has(frame.run)) return;
    const run = begin(frame.run);
    if (frame.state === "delta") {
      run.body.textContent = frame.replace ? frame.text : run.body.textContent + frame.text;
    } else {
      if (frame.state === "final" && frame.text) run.body.textContent = frame.text;
      if (frame.state === "aborted") run.item.append(make("p", { className: "said-error", textContent: "Stopped before it was complete." }));
      if (!run.body.textContent) run.body.remove();
      run.isDone = true;
      run.item.classList.remove("said-writing");
      say(frame.state === "final" ? "The answer is complete." : "The answer was stopped.");
      settle(run);
    }
    showRunning();
  }));

  // What the history has now is not shown a second time.
  watchers.push((fresh, topics) => following(() => {
    if (pending && lastOf(".said-person .said-body") === pending.text.replace(/\s+/g, " ")) { pending.item.remove(); pending = null; }
    const now = state();
    for (const [id, run] of runs) {
      if (run.isDone && (now.agents > run.before.agents || now.last !== run.before.last)) { run.item.remove(); runs.delete(id); }
    }
    if (![...runs.values()].some(run => !run.isDone) && !isSending && topics.has("history")) {
      const other = fresh.querySelector("[data-running]");
      awaited = other && !other.hidden ? fresh.querySelector("[data-stop]").elements.run.value || true : null;
    }
    showRunning();
  }));

  async function post(form) {
    let response;
    try {
      response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });
    } catch {
      throw new Error("This site cannot be reached. What you wrote is still here: send it again in a moment.");
    }
    if (response.status === 401) { ended(); throw new Error("Your session has ended. What you wrote is still here."); }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error([answer.detail, answer.remedy].filter(Boolean).join(" ") || `The site answered with status ${response.status}.`);
    return answer;
  }

  composer.addEventListener("submit", async event => {
    event.preventDefault();
    const text = area.value.trim();
    if (isSending || !text) { area.focus(); return; }
    isSending = true;
    send.setAttribute("aria-disabled", "true");
    show();
    pending?.item.remove();
    pending = { text, item: bubble("person", "You", text).item };
    toEnd();
    try {
      const answer = await post(composer);
      area.value = "";
      composer.elements.id.value = crypto.randomUUID?.() ?? "";
      if (!runs.has(answer.run)) awaited = answer.run || true;
      showRunning();
    } catch (error) {
      pending.item.remove();
      pending = null;
      show(error.message);
      showRunning();
    }
    isSending = false;
    send.removeAttribute("aria-disabled");
    area.focus();
    toEnd();
  });

  stop.addEventListener("submit", async event => {
    event.preventDefault();
    show();
    runningText.textContent = "The answer is being stopped.";
    try {
      await post(stop);
      awaited = null;
      touch("history");
    } catch (error) {
      show(error.message);
      runningText.textContent = "An answer is being written.";
    }
  });

  if (matchMedia("(hover: hover)").matches) {
    part("[data-hint]").hidden = false;
    area.addEventListener("keydown", event => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      composer.requestSubmit();
    });
  }
  (listeners.ended ??= []).push(() => { send.disabled = true; running.hidden = true; });
  for (const link of all("[data-refresh]")) link.hidden = true; // words come by themselves
  if (!running.hidden) { awaited = stop.elements.run.value || true; touch("history"); }
  if (all(".said", history).length) toEnd();
  document.querySelector('[aria-invalid="true"]')?.focus();
}

// ---------------------------------------------------------------- forms and states

/** Nobody does a thing twice by pressing twice. */
function forms() {
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.closest("[data-account]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });
}

function states() {
  const box = document.querySelector("[data-parts-src]");
  if (!box) return;
  let last = -Infinity, sum = "";
  async function ask() {
    if (document.hidden || performance.now() - last < 5000) return;
    last = performance.now();
    try {
      exchange(await load(box.dataset.partsSrc), box);
    } catch {
      box.replaceChildren(make("p", { className: "status-sum", textContent: "This site does not answer just now." }));
      shown.delete(box);
    }
    const now = box.querySelector(".status-sum")?.textContent ?? "";
    if (now !== sum) say(now);
    sum = now;
  }
  setInterval(ask, 30_000);
  document.addEventListener("visibilitychange", ask);
  ask();
}

for (const part of [() => localTimes(), chat, forms, live, states]) {
  try { part(); } catch (error) { console.error(error); }
}
