// Runs in a world of its own, out of reach of the draft, whose scripts do not run at all.
// Speaks to the app through the console, in lines that begin with the token it was given.
(token => {
  const GAP = 14; // CSS pixels between the window's top and the line that is shown there
  let content = document.querySelector("[data-sendoff-body]") || document.querySelector("td.content");
  const segments = new Map();
  const extra = [...document.querySelectorAll("style")].pop(); // the preview's own rules
  let leader = "editor";
  let asked = false;

  const tell = message => console.info(token + JSON.stringify(message));

  const make = key => {
    const element = document.createElement("div");
    element.className = "segment";
    element.dataset.key = key;
    element.dataset.lines = "0";
    segments.set(key, element);
    return element;
  };

  const keyed = element => element && element.closest("div.segment[data-key]");

  const mark = (element, marks) => {
    for (const link of element.querySelectorAll("a[href], img[src]")) {
      const status = marks[link.getAttribute(link.tagName === "A" ? "href" : "src")];
      if (status) link.dataset.status = status;
      else delete link.dataset.status;
    }
  };

  // The lines of a segment and where they are, as [line, y]; lines strictly increase.
  const anchors = element => {
    const box = element.getBoundingClientRect();
    const found = [[0, box.top]];
    const lines = Number(element.dataset.lines);
    for (const each of element.querySelectorAll("[data-line]")) {
      const line = Number(each.dataset.line);
      const top = each.getBoundingClientRect().top;
      const [lastLine, lastTop] = found[found.length - 1];
      if (line > lastLine && line < lines && top >= lastTop) found.push([line, top]);
    }
    found.push([Math.max(lines, found[found.length - 1][0] + 1e-3), box.bottom]);
    return found;
  };

  const between = (points, from, to, value) => {
    let at = 0;
    while (at + 2 < points.length && points[at + 1][from] <= value) at++;
    const [one, other] = [points[at], points[at + 1]];
    const width = other[from] - one[from];
    const share = width > 0 ? Math.min(Math.max((value - one[from]) / width, 0), 1) : 0;
    return one[to] + share * (other[to] - one[to]);
  };

  const segmentAt = y => {
    const all = content.querySelectorAll(":scope > div.segment");
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (all[middle].getBoundingClientRect().top <= y) low = middle;
      else high = middle - 1;
    }
    return all[low];
  };

  // Whether a media query holds for what is shown: a dark or a light program, a phone or a desktop.
  const PHONE = 375;
  const queries = new WeakMap();
  let shown = [false, false];

  const feature = (text, dark, width) => {
    const scheme = /^\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)$/i.exec(text);
    if (scheme) return (scheme[1].toLowerCase() === "dark") === dark;
    const size = /^\(\s*(max|min)-(?:device-)?width\s*:\s*([\d.]+)px\s*\)$/i.exec(text);
    if (size) return size[1].toLowerCase() === "max" ? width <= +size[2] : width >= +size[2];
    return matchMedia(text.replace(/^only\s+/i, "")).matches;
  };

  const holds = (query, dark, width) => query.split(",").some(part =>
    part.trim().split(/\s+and\s+/i).every(each => feature(each.trim(), dark, width)));

  const showMedia = (dark, phone) => {
    const width = phone ? PHONE : Math.max(innerWidth, 680);
    const choose = rules => {
      for (const rule of rules) {
        if (rule.type !== CSSRule.MEDIA_RULE) continue;
        if (!queries.has(rule)) queries.set(rule, rule.media.mediaText);
        rule.media.mediaText = holds(queries.get(rule), dark, width) ? "all" : "not all";
        choose(rule.cssRules);
      }
    };
    for (const sheet of document.styleSheets) choose(sheet.cssRules);
  };

  // Where Gmail cuts the letter: a line in the text, which lasts while its segment does.
  let clip = null;

  const clearClip = () => {
    for (const line of content.querySelectorAll(".clip")) {
      const parent = line.parentElement;
      line.remove();
      parent.normalize();
    }
    for (const each of content.querySelectorAll("div.segment.cut")) each.classList.remove("cut");
  };

  const placeClip = () => {
    clearClip();
    const [key, offset, words] = clip;
    const element = segments.get(key);
    if (!element) return;
    const line = document.createElement("div");
    line.className = "clip";
    line.textContent = words;
    if (offset === null) {
      element.append(line);
      return;
    }
    element.classList.add("cut");
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let before = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (before + node.length <= offset) {
        before += node.length;
        continue;
      }
      const whole = node.parentElement.closest("table.data, pre, h1, h2, h3, h4, h5, h6");
      if (whole && element.contains(whole)) {
        whole.before(line);
        return;
      }
      const blank = node.data.lastIndexOf(" ", offset - before);
      node.splitText(blank < 0 ? offset - before : blank).before(line);
      return;
    }
    element.append(line);
  };

  const operations = {
    clip(...wanted) {
      clip = wanted[0] === null ? null : wanted;
      clearClip();
    },
    // A whole email in the place of the one before; the reader stays where they were.
    page(html) {
      const top = scrollY;
      const made = new DOMParser().parseFromString(html, "text/html");
      document.replaceChild(document.adoptNode(made.documentElement), document.documentElement);
      document.head.append(extra);
      content = document.body;
      segments.clear();
      operations.look(...shown);
      scrollTo({ top, behavior: "instant" });
    },
    reset(keys) {
      for (const element of segments.values()) element.remove();
      segments.clear();
      content.append(...keys.map(make));
    },
    splice(after, removed, added) {
      for (const key of removed) {
        segments.get(key).remove();
        segments.delete(key);
      }
      const elements = added.map(make);
      if (after !== null) segments.get(after).after(...elements);
      else if (segments.size > elements.length)
        content.querySelector(":scope > div.segment").before(...elements);
      else content.append(...elements);
    },
    fill(key, html, lines, marks) {
      const element = segments.get(key);
      element.innerHTML = html;
      element.dataset.lines = lines;
      mark(element, marks);
    },
    marks(key, marks) {
      mark(segments.get(key), marks);
    },
    title(text) {
      let title = content.querySelector(":scope > h1.title");
      if (title && !text) title.remove();
      if (!text) return;
      if (!title) {
        title = document.createElement("h1");
        title.className = "title";
        content.prepend(title);
      }
      title.textContent = text;
    },
    frame(language, direction) {
      for (const element of document.querySelectorAll("[lang]:not(.segment *)")) {
        element.lang = language;
        element.dir = direction;
      }
      content.align = direction === "rtl" ? "right" : "left";
    },
    look(dark, phone, remoteImages) {
      shown = [dark, phone, remoteImages];
      const [night, narrow] = ["dark", "phone"].map(
        name => document.querySelector(`style#${name}[media]`));
      if (night) night.media = dark ? "all" : "not all";
      if (narrow) narrow.media = phone ? "all" : "not all";
      showMedia(dark, phone);
      document.documentElement.style.colorScheme = dark ? "dark" : "light";
      document.documentElement.className = [
        dark ? "dark" : "light", phone ? "phone" : "wide", remoteImages ? "remote" : "local",
        ...(night ? [] : ["own"]),
      ].join(" ");
    },
    scroll(key, line) {
      const element = segments.get(key);
      if (!element) return;
      leader = "editor";
      const first = content.querySelector(":scope > div.segment") === element;
      const y = between(anchors(element), 0, 1, line);
      scrollTo({ top: first && line <= 0 ? 0 : scrollY + y - GAP, behavior: "instant" });
    },
  };

  const tellScroll = () => {
    asked = false;
    if (leader !== "preview") return;
    const element = segmentAt(GAP + 1);
    if (element) tell(["scroll", element.dataset.key, between(anchors(element), 1, 0, GAP + 1)]);
  };

  const lead = () => { leader = "preview"; };
  for (const event of ["wheel", "pointerdown", "mousedown", "keydown", "touchstart"])
    addEventListener(event, lead, { passive: true, capture: true });
  addEventListener("scroll", () => {
    if (asked || leader !== "preview") return;
    asked = true;
    requestAnimationFrame(tellScroll);
  }, { passive: true });

  const clicked = event => {
    const link = event.target.closest("a[href], area[href]");
    if (link) event.preventDefault();
    if (event.button > 1) return;
    const element = keyed(event.target);
    if (link && (event.ctrlKey || event.metaKey || event.button === 1)) {
      tell(["open", link.getAttribute("href")]);
      return;
    }
    if (!element || String(getSelection())) return;
    const target = link || event.target.closest("img[src]");
    const lined = event.target.closest("[data-line]");
    const line = lined && element.contains(lined) ? Number(lined.dataset.line) : 0;
    if (!target || !element.contains(target)) {
      tell(["click", element.dataset.key, line, null, 0]);
      return;
    }
    const name = target.tagName === "IMG" ? "src" : "href";
    const value = target.getAttribute(name);
    const same = [...element.querySelectorAll(`[${name}]`)].filter(
      each => each.getAttribute(name) === value);
    tell(["click", element.dataset.key, line, value, same.indexOf(target)]);
  };
  addEventListener("click", clicked, true);
  addEventListener("auxclick", clicked, true);
  addEventListener("dragstart", event => event.preventDefault(), true);
  addEventListener("submit", event => event.preventDefault(), true);

  // Returns the milliseconds that it took, layout included.
  globalThis.sendoff = batch => {
    const start = performance.now();
    for (const [name, ...rest] of batch) operations[name](...rest);
    if (clip && !content.querySelector(".clip")) placeClip();
    content.offsetHeight;
    return performance.now() - start;
  };
})
