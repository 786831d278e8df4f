// Runs in the measured page before its own scripts. What it finds the page's parts by is given as `anatomy`.
(anatomy) => {
    let firstMs = null, addedAt = 0, frames = null, changes = null, held = null;
    const canvas = () => document.querySelector(anatomy.canvas);
    const nodeOf = place => (place.nodeType === 1 ? place : place.parentElement)?.closest(anatomy.node);
    const isStreaming = place => Boolean((place.nodeType === 1 ? place : place.parentElement)?.closest(anatomy.streaming));
    // What changed now is on the screen when the frame after the next begins.
    const painted = then => requestAnimationFrame(() => requestAnimationFrame(() => then(performance.now())));

    let isPending = false;
    const added = () => {
        if (isPending) return;
        isPending = true;
        painted(now => { addedAt = now; isPending = false; });
    };
    new MutationObserver(records => {
        const root = canvas();
        if (!root) return;
        for (const record of records) {
            if (record.type === 'childList' && !isStreaming(record.target)
                && (record.target.contains(root) || root.contains(record.target))
                && [...record.addedNodes].some(node => node.nodeType === 1)) { added(); break; }
        }
        if (changes) {
            const touched = new Set(records.map(record => nodeOf(record.target)).filter(Boolean));
            changes.updates += touched.size;
            touched.forEach(node => changes.nodes.add(node));
        }
    }).observe(document, { childList: true, characterData: true, subtree: true });

    const isThere = () => {
        const root = canvas();
        if (!root) return false;
        if (root.querySelector(anatomy.far)?.checkVisibility()) return true;
        return Boolean(root.querySelector(anatomy.node)?.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
    };
    const look = () => isThere() ? painted(now => { firstMs = now; }) : requestAnimationFrame(look);
    requestAnimationFrame(look);

    const beat = now => {
        if (!frames) return;
        if (frames.last) frames.all.push(now - frames.last);
        frames.last = now;
        frames.next = requestAnimationFrame(beat);
    };

    const centre = () => {
        const box = canvas().getBoundingClientRect();
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const zoomOf = node => node.getBoundingClientRect().width / node.offsetWidth;

    window.watch = {
        // Resolves when something is on the screen and nothing was added for so long; in ms since the navigation began.
        rest: (quietMs, since) => new Promise(resolve => {
            const timer = setInterval(() => {
                const lastMs = Math.max(firstMs ?? Infinity, addedAt);
                if (firstMs === null || performance.now() - Math.max(lastMs, since) < quietMs) return;
                clearInterval(timer);
                resolve({ firstMs, lastMs });
            }, 100);
        }),
        now: () => performance.now(),
        pass: ms => new Promise(resolve => setTimeout(resolve, ms)),
        startFrames: () => { frames = { all: [], last: 0 }; frames.next = requestAnimationFrame(beat); },
        // The frame that is under way counts too.
        stopFrames: () => new Promise(resolve => requestAnimationFrame(() => {
            cancelAnimationFrame(frames.next);
            resolve(frames.all);
            frames = null;
        })),
        startChanges: () => { changes = { updates: 0, nodes: new Set() }; },
        stopChanges: () => { const all = changes; changes = null; return { updates: all.updates, nodes: all.nodes.size }; },
        size: () => { const box = canvas().getBoundingClientRect(); return { x: Math.round(box.width), y: Math.round(box.height) }; },
        centre,
        // What is on the screen, of what is rendered at all.
        shows: () => {
            const root = canvas(), box = root.getBoundingClientRect();
            const isIn = part => {
                const at = part.getBoundingClientRect();
                return at.right > box.left && at.left < box.right && at.bottom > box.top && at.top < box.bottom;
            };
            const nodes = [...root.querySelectorAll(anatomy.node)];
            const first = nodes.find(isIn);
            return {
                isPainted: Boolean(root.querySelector(anatomy.far)?.checkVisibility()), rendered: nodes.length,
                inView: nodes.filter(isIn).length, links: root.querySelectorAll(anatomy.link).length, zoom: first ? zoomOf(first) : null,
            };
        },
        zoom: () => new DOMMatrix(getComputedStyle(document.querySelector(anatomy.layer)).transform).a,
        // The agent nearest to the middle that can be taken by its upper edge, and where.
        handle: () => {
            const middle = centre();
            const distance = box => Math.hypot(box.x + box.width / 2 - middle.x, box.y + box.height / 2 - middle.y);
            const agents = [...document.querySelectorAll(anatomy.agent)].map(node => ({ node, box: node.getBoundingClientRect() }))
                .sort((a, b) => distance(a.box) - distance(b.box));
            for (const { node, box } of agents.slice(0, 20)) {
                const at = { x: box.x + box.width * 0.4, y: box.y + Math.min(12 * zoomOf(node), box.height / 2) };
                if (!node.contains(document.elementFromPoint(at.x, at.y))) continue;
                held = { node, from: box };
                return at;
            }
            return null;
        },
        // How far the node that `handle` found has gone since.
        gone: () => {
            if (!held?.node.isConnected) return null;
            const box = held.node.getBoundingClientRect();
            return { x: box.x - held.from.x, y: box.y - held.from.y };
        },
        // A place where the ground is bare, with room to the right.
        ground: () => {
            const box = canvas().getBoundingClientRect();
            for (let x = box.left + box.width * 0.2; x < box.right - 250; x += 6) {
                for (let y = box.top + box.height * 0.3; y < box.bottom - 150; y += 6) {
                    const element = document.elementFromPoint(x, y);
                    if (element?.closest(anatomy.ground) && !element.closest(`${anatomy.node}, ${anatomy.link}`)) return { x, y };
                }
            }
            return null;
        },
    };
}
