extension WebPage {
    static let css = """
        :root {
          --ground: #f6f7f9; --card: #fff; --ink: #1a1d23; --soft: #5a6270; --line: #d9dde4;
          --accent: #2456d6; --on-accent: #fff; --good: #146c3a; --bad: #b3261e; --tint: #eaf0fe;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14161a; --card: #1d2026; --ink: #eceef2; --soft: #a3abb8; --line: #343a45;
            --accent: #84a7ff; --on-accent: #0d1530; --good: #6fd49b; --bad: #ff9c94; --tint: #222b42;
          }
        }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
        h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 .4rem; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .6rem; }
        header p, #empty { color: var(--soft); margin: 0; }
        form { margin-top: 1.6rem; }
        #drop {
          display: grid; justify-items: center; gap: .5rem; padding: 2.2rem 1rem; text-align: center;
          background: var(--card); border: 2px dashed var(--line); border-radius: 14px; transition: border-color .15s, background .15s;
        }
        #drop.over { border-color: var(--accent); background: var(--tint); }
        #drop p { margin: 0; color: var(--soft); }
        #drop svg { width: 2.2rem; fill: none; stroke: var(--accent); stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
        #files { position: absolute; width: 1px; height: 1px; opacity: 0; overflow: hidden; }
        .button {
          display: inline-block; padding: .55rem 1.1rem; border-radius: 9px; background: var(--accent); color: var(--on-accent);
          font-weight: 600; text-decoration: none; cursor: pointer;
        }
        .button:hover { filter: brightness(1.08); }
        .button.small { padding: .3rem .8rem; font-size: .92rem; }
        .link { background: none; border: 0; padding: .3rem; font: inherit; font-size: .92rem; color: var(--accent); cursor: pointer; text-decoration: underline; }
        :focus-visible, #files:focus-visible + p { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 9px; }
        #drop:has(#files:focus-visible) { border-color: var(--accent); }
        fieldset { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: 1rem 0 0; padding: 0; border: 0; }
        legend { padding: 0; margin-bottom: .4rem; font-weight: 600; }
        fieldset label {
          display: flex; align-items: flex-start; gap: .55rem; padding: .7rem .8rem; background: var(--card); border: 1px solid var(--line); border-radius: 11px;
          cursor: pointer; font-size: .92rem; color: var(--soft);
        }
        fieldset label:has(:checked) { border-color: var(--accent); background: var(--tint); }
        fieldset b { display: block; color: var(--ink); }
        input[type=radio] { accent-color: var(--accent); flex: none; margin: .25rem 0 0; }
        ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .7rem; }
        li { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: .85rem 1rem; }
        .head, .foot { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
        .head { align-items: flex-start; }
        .name { font-weight: 600; overflow-wrap: anywhere; }
        .sizes { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
        .sizes b { color: var(--good); margin-left: .5rem; }
        .state { color: var(--soft); font-size: .95rem; }
        .actions { display: flex; gap: .5rem; align-items: center; white-space: nowrap; min-height: 2rem; }
        li.done .state { color: var(--good); }
        li.failed .state { color: var(--bad); }
        progress { width: 100%; height: 6px; margin: .6rem 0 .4rem; accent-color: var(--accent); border: 0; border-radius: 3px; background: var(--line); overflow: hidden; }
        progress::-webkit-progress-bar { background: var(--line); }
        progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; transition: width .2s; }
        progress::-moz-progress-bar { background: var(--accent); border-radius: 3px; }
        .note { margin-top: 1rem; padding: .8rem 1rem; background: var(--tint); border-radius: 10px; }
        .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        @media (max-width: 34rem) {
          fieldset { grid-template-columns: 1fr; }
          .head { flex-direction: column; align-items: flex-start; gap: 0; }
        }
        @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
        """
}
