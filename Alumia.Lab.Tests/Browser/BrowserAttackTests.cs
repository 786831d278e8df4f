using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Outbound;
using Microsoft.AspNetCore.Http;

namespace Alumia.Lab.Tests.Browser;

/// <summary>An agent and a page that want the browser to reach this machine and its network.</summary>
public sealed class BrowserAttackTests
{
    /// <summary>All that a page can ask for, of every host of the list: by script, by element, by socket and by packet.</summary>
    private const string Page = """
        <!doctype html><title>Attack</title><body><p>working</p><script>
        const hosts = HOSTS, port = PORT;
        let attempts = 0;
        const quiet = work => { attempts++; try { const p = work(); if (p && p.catch) p.catch(() => {}); } catch {} };
        const element = (tag, set) => quiet(() => { const e = document.createElement(tag); Object.assign(e, set); document.body.append(e); });
        for (const host of hosts) {
          const at = `${host}:${port}`;
          quiet(() => fetch(`http://${at}/`, { mode: "no-cors" }));
          quiet(() => fetch(`https://${at}/`, { mode: "no-cors", method: "POST", body: "x" }));
          quiet(() => new WebSocket(`ws://${at}/`));
          quiet(() => new EventSource(`http://${at}/`));
          quiet(() => navigator.sendBeacon(`http://${at}/`, "x"));
          element("img", { src: `http://${at}/i.png` });
          element("script", { src: `http://${at}/s.js` });
          element("link", { rel: "stylesheet", href: `http://${at}/s.css` });
          element("link", { rel: "dns-prefetch", href: `http://${at}/` });
          element("link", { rel: "preconnect", href: `http://${at}/` });
          element("iframe", { src: `http://${at}/f` });
          element("video", { src: `http://${at}/v` });
        }
        for (const address of ["file:///etc/passwd", "view-source:file:///etc/passwd", "chrome://version", "chrome://settings", "devtools://devtools/bundled/inspector.html", "about:srcdoc"]) {
          quiet(() => fetch(address));
          element("iframe", { src: address });
          quiet(() => window.open(address));
        }
        for (const host of ["127.0.0.1", "[::1]", "localhost"]) {
          quiet(async () => {
            const peer = new RTCPeerConnection({ iceServers: [
              { urls: `stun:${host}:${port}` }, { urls: `turn:${host}:${port}`, username: "u", credential: "c" }, { urls: `turn:${host}:${port}?transport=tcp`, username: "u", credential: "c" }] });
            peer.createDataChannel("x");
            await peer.setLocalDescription(await peer.createOffer());
            await peer.addIceCandidate({ candidate: `candidate:1 1 udp 2130706431 127.0.0.1 ${port} typ host`, sdpMid: "0", sdpMLineIndex: 0 });
          });
        }
        quiet(() => navigator.serviceWorker.register("/sw.js"));
        quiet(() => new WebTransport(`https://127.0.0.1:${port}/`));
        setTimeout(() => {
          document.title = `Attacked ${attempts} times`;
          document.body.innerHTML = `<p>${attempts} attempts made</p>`;
        }, 1500);
        </script>
        """;

    [Fact]
    public async Task Neither_an_address_nor_a_redirect_nor_a_page_reaches_this_machine_or_leaves_the_web()
    {
        using var canary = new Canary();
        var attempts = 0;
        await using var site = await TestSite.StartAsync(async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            if (context.Request.Query["to"].ToString() is { Length: > 0 } to)
                context.Response.Redirect(to);
            else
                await context.Response.WriteAsync(Page.Replace("HOSTS", JsonSerializer.Serialize(Attacks.Hosts.Take(8).Concat(["localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.0.0.1.nip.example"])), StringComparison.Ordinal)
                    .Replace("PORT", $"{canary.Port}", StringComparison.Ordinal));
        });
        await using var bench = await BrowserBench.StartAsync([site.Place], ("Tools:Browser:LoadSeconds", "20"));
        var by = await bench.NewAsync();

        foreach (var host in Attacks.Hosts.Concat(Attacks.Elsewhere).Where(host => host != "ip6-localhost"))
        {
            attempts++;
            Assert.NotNull((await bench.CallAsync(by, "browser_open", new { url = $"http://{host}:{canary.Port}/" })).Error);
        }
        foreach (var address in new[]
        {
            "file:///etc/passwd", "view-source:http://example.com/", "chrome://version", "chrome-extension://x/", "devtools://devtools/bundled/inspector.html", "javascript:alert(1)", "data:text/html,x", "about:blank",
            "ws://127.0.0.1/", "ftp://127.0.0.1/", "blob:http://127.0.0.1/x", "filesystem:http://127.0.0.1/",
        })
        {
            attempts++;
            Assert.NotNull((await bench.CallAsync(by, "browser_open", new { url = address })).Error);
        }
        foreach (var to in new[] { $"http://127.0.0.1:{canary.Port}/", $"https://127.0.0.1:{canary.Port}/", $"http://localhost:{canary.Port}/", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "chrome://version", $"ws://127.0.0.1:{canary.Port}/" })
        {
            attempts++;
            var answer = await bench.CallAsync(by, "browser_open", new { url = $"{site.Address}?to={Uri.EscapeDataString(to)}" });
            var words = answer.End.ToString()!;
            Assert.True(words.Contains("is refused", StringComparison.Ordinal) || words.Contains("could not be", StringComparison.Ordinal), words);
            Assert.DoesNotContain("root:", words, StringComparison.Ordinal);
        }
        var opened = await bench.CallAsync(by, "browser_open", new { url = site.Address });
        var read = await Eventually.Value(async () => (await bench.CallAsync(by, "browser_read", new { })).Result, text => text.Contains("attempts made", StringComparison.Ordinal), "the page has tried everything");
        Assert.Contains($"Address: {site.Address}\n", read, StringComparison.Ordinal);
        Assert.DoesNotContain("root:x:0:0", opened.Result + read, StringComparison.Ordinal);
        attempts += int.Parse(System.Text.RegularExpressions.Regex.Match(read, "Attacked ([0-9]+) times").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        // Its sockets and packets have had their time by then; closing waits for what is under way.
        await bench.Sessions.ReleaseAsync(by.SessionId);
        await Eventually.Equal(0, () => bench.Proxy.Connections);
        Figures.Print($"the browser: {attempts} attempts to reach inner places, {canary.Reached} successes");
        Assert.Equal(0, canary.Reached);
    }
}
