// Keys for what the page's own links and buttons do. Everything works without them, and without this file.
"use strict";
(() => {
  const STORE = "harmonize-desk-keys";
  const help = document.getElementById("help");
  const opener = document.getElementById("help-open");
  const toggle = document.getElementById("keys-on");

  const read = () => { try { return localStorage.getItem(STORE) !== "off"; } catch { return true; } };
  let isOn = read();
  toggle.checked = isOn;
  toggle.addEventListener("change", () => {
    isOn = toggle.checked;
    try { localStorage.setItem(STORE, isOn ? "on" : "off"); } catch { /* It holds for this page only. */ }
  });
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  const isTyping = (target) =>
    target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT" ||
    (target.tagName === "INPUT" && !["checkbox", "radio", "submit", "button"].includes(target.type));

  const keyed = (key) =>
    [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(key));

  const step = (by) => {
    const links = [...document.querySelectorAll("a[data-item]")];
    if (!links.length) return false;
    const at = links.findIndex((one) => one.closest("li").contains(document.activeElement));
    const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
    links[to].focus();
    links[to].scrollIntoView({ block: "nearest" });
    return true;
  };

  const press = (key) => {
    if (key === "?") { help.showModal(); return true; }
    if ((key === "j" || key === "k") && step(key === "j" ? 1 : -1)) return true;
    if (key === "n" && document.querySelector("a[data-item]")) {
      document.querySelector("a[data-item]").click();
      return true;
    }
    if (key === "x") {
      const box = document.activeElement.closest?.("li")?.querySelector("input[type=checkbox]");
      if (box) { box.checked = !box.checked; return true; }
    }
    const found = keyed(key);
    if (found && found.type === "radio") { found.checked = true; found.focus(); return true; }
    if (found && key !== "Enter") { found.click(); return true; }
    if (key === "g") { location.assign("/queue"); return true; }
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (!isOn || help.open || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (event.repeat && !"jk".includes(event.key)) return;
    // Enter on a chosen suggestion takes it.
    const takes = event.key === "Enter" && event.target.type === "radio" && keyed("Enter");
    if (takes) { event.preventDefault(); takes.click(); return; }
    if (event.key.length === 1 && press(event.key)) event.preventDefault();
  });

  // A form is sent once, however often a key or button is pressed.
  for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
})();
