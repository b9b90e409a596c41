// Menus and switches of the browser's own tell Dash what was chosen.
(function () {
  const tell = (id, what) => window.dash_clientside.set_props(id, what);

  document.addEventListener("change", (event) => {
    const menu = event.target;
    if (menu.matches("select[id]")) tell(menu.id, {"data-value": menu.value});
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.switch");
    if (!button) return;
    const on = button.getAttribute("aria-pressed") !== "true";
    tell(button.id, {"data-value": on ? "on" : "", "aria-pressed": String(on)});
  });
})();

// Where the map was clicked, as fractions of its width and height from the lower left;
// arrow keys push the point, Enter goes to the nearest row.
(function () {
  const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};
  const pause = 60; // milliseconds between two places of a drag
  let pressed = null, last = 0, count = 0;

  function tell(what) {
    count += 1; // the same place twice is two clicks
    window.dash_clientside.set_props("store-place", {data: {...what, count}});
  }

  function placeOf(event, frame) {
    const box = frame.getBoundingClientRect();
    return {
      x: (event.clientX - box.left) / box.width,
      y: 1 - (event.clientY - box.top) / box.height,
    };
  }

  function frameOf(event) {
    return event.target instanceof Element ? event.target.closest("#frame") : null;
  }

  document.addEventListener("pointerdown", (event) => {
    const frame = frameOf(event);
    pressed = frame && {frame, x: event.clientX, y: event.clientY, dragged: false};
  }, true);

  document.addEventListener("pointermove", (event) => {
    if (!pressed || event.pointerType !== "mouse" || event.buttons !== 1) return;
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 4) {
      pressed.dragged = true;
    }
    if (pressed.dragged && event.timeStamp - last > pause) {
      last = event.timeStamp;
      tell({...placeOf(event, pressed.frame), exact: true});
    }
  }, true);

  // While a button is down Plotly lays something above the page, and clicks get lost:
  // it counts where the button is released.
  document.addEventListener("pointerup", (event) => {
    if (pressed) {
      const place = placeOf(event, pressed.frame);
      const inside = [place.x, place.y].every((end) => end >= 0 && end <= 1);
      if (inside) tell({...place, exact: pressed.dragged});
      pressed.frame.focus({preventScroll: true});
    }
    pressed = null;
  }, true);

  // A finger that scrolls the page points at nothing.
  document.addEventListener("pointercancel", () => { pressed = null; }, true);

  document.addEventListener("keydown", (event) => {
    const frame = frameOf(event);
    if (!frame) return;
    if (event.key in ways) tell({way: ways[event.key]});
    else if (event.key === "Enter") tell({nearest: true});
    else return;
    event.preventDefault();
  });
})();
