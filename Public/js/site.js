// Enhancements only: every page works without this file, and each part is content to find nothing to do.
const root = document.documentElement;
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

function make(tag, properties = {}) {
  return Object.assign(document.createElement(tag), properties);
}

function themeButton() {
  const button = document.querySelector("[data-theme-button]");
  if (!button) return;
  const label = button.querySelector("[data-theme-label]");
  const systemIsLight = matchMedia("(prefers-color-scheme: light)");
  const colors = all('meta[name="theme-color"]').map(meta => ({ meta, media: meta.media }));
  const current = () => root.dataset.theme ?? (systemIsLight.matches ? "light" : "dark");

  function show() {
    const other = current() === "light" ? "dark" : "light";
    button.dataset.shows = other;
    label.textContent = `Use the ${other} theme`;
    button.title = label.textContent;
    for (const { meta, media } of colors) {
      if (!root.dataset.theme) meta.media = media;
      else meta.media = media.includes(root.dataset.theme) ? "all" : "not all";
    }
  }
  button.addEventListener("click", () => {
    root.dataset.theme = current() === "light" ? "dark" : "light";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* only this page then */ }
    show();
  });
  systemIsLight.addEventListener("change", show);
  addEventListener("storage", event => {
    if (event.key !== "theme" || !event.newValue) return;
    root.dataset.theme = event.newValue;
    show();
  });
  show();
  button.hidden = false;
}

/** Menus are <details>: they open without script; with it they also close when one has moved on. */
function menus() {
  const menus = all("details[data-menu]");
  if (!menus.length) return;
  const panel = menu => menu.nextElementSibling;
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return;
    for (const menu of menus.filter(menu => menu.open)) {
      const inside = menu.contains(document.activeElement) || panel(menu)?.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", event => {
    for (const menu of menus.filter(menu => menu.open && !menu.contains(event.target))) {
      const link = event.target.closest("a");
      if (!panel(menu)?.contains(event.target) || link) menu.open = false;
    }
  });
}

function copyButtons() {
  const blocks = all(".code");
  if (!blocks.length) return;
  const said = make("p", { className: "visually-hidden" });
  said.setAttribute("role", "status");
  document.body.append(said);

  async function copy(code) {
    if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) throw new Error("The browser does not allow copying");
    getSelection().removeAllRanges();
  }
  for (const block of blocks) {
    const code = block.querySelector("code");
    if (!code) continue;
    const button = make("button", { type: "button", className: "copy-button", textContent: "Copy" });
    let timer;
    button.addEventListener("click", async () => {
      try {
        await copy(code);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not copied";
      }
      said.textContent = button.textContent;
      clearTimeout(timer);
      timer = setTimeout(() => { button.textContent = "Copy"; said.textContent = ""; }, 2000);
    });
    block.append(button);
  }
}

/** Marks in the outline the last section whose heading has passed the top quarter of the window. */
function outline() {
  const links = all("[data-outline] a");
  const entries = links
    .map(link => ({ link, heading: document.getElementById(decodeURIComponent(link.hash.slice(1))) }))
    .filter(entry => entry.heading);
  if (!entries.length) return;
  const nav = links[0].closest("[data-outline]");
  let marked, waiting = false;

  function mark() {
    waiting = false;
    const line = innerHeight / 4;
    const atEnd = innerHeight + scrollY >= root.scrollHeight - 2 && scrollY > 0;
    const passed = entries.filter(entry => entry.heading.getBoundingClientRect().top <= line);
    const link = (atEnd ? entries.at(-1) : passed.at(-1))?.link;
    if (link === marked) return;
    marked?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    marked = link;
    if (link && nav.scrollHeight > nav.clientHeight) keepInView(nav, link);
  }
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(mark);
  }, { passive: true });
  mark();
}

/** Scrolls only the box, never the page. */
function keepInView(box, element) {
  const outer = box.getBoundingClientRect(), inner = element.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    box.scrollTop += inner.top - outer.top - outer.height / 3;
  }
}

function sidebar() {
  const nav = document.querySelector("[data-sidebar]");
  const current = nav?.querySelector('[aria-current="page"]');
  if (current && nav.scrollHeight > nav.clientHeight) keepInView(nav, current);
}

function numbers() {
  for (const element of all("[data-number]")) {
    const number = Number(element.textContent);
    if (element.textContent.trim() && Number.isFinite(number)) element.textContent = number.toLocaleString(root.lang || "en");
  }
}

/** Asks the server itself whether it answers, now and whenever the reader comes back to the page. */
function status() {
  const text = document.querySelector("[data-status-text]");
  const dot = document.querySelector("[data-status-dot]");
  if (!text || !dot) return;
  let last = -Infinity;

  async function ask() {
    if (document.hidden || performance.now() - last < 30_000) return;
    last = performance.now();
    try {
      const response = await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(5000) });
      const milliseconds = Math.max(1, Math.round(performance.now() - last));
      if (!response.ok) throw new Error(`Status ${response.status}`);
      text.textContent = `answered in ${milliseconds} ms`;
      dot.dataset.live = "yes";
    } catch {
      text.textContent = "does not answer right now";
      dot.dataset.live = "no";
    }
  }
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** A question that is linked to opens by itself. */
function answers() {
  function open() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (target instanceof HTMLDetailsElement) target.open = true;
  }
  addEventListener("hashchange", open);
  open();
}

function contactForm() {
  const form = document.querySelector("form[data-contact]");
  if (!form) return;
  form.addEventListener("submit", event => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => delete form.dataset.sent);
  form.querySelector('[aria-invalid="true"]')?.focus();
}

for (const part of [themeButton, menus, copyButtons, outline, sidebar, numbers, status, answers, contactForm]) {
  try { part(); } catch (error) { console.error(error); }
}
