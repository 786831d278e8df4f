using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Alumia.Lab.Browser;

/// <summary>The system's Chromium: where it is, and how it is started so that nothing goes out past the proxy.</summary>
internal static partial class Chromium
{
    private static readonly string[] _names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

    private static readonly string[] _arguments =
    [
        // Chromium goes past its proxy for loopback and 169.254/16 unless told otherwise, and names are the proxy's to resolve.
        "--proxy-bypass-list=<-loopback>", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        // What speaks UDP knows no proxy.
        "--disable-quic", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-domain-reliability", "--no-pings", "--no-first-run",
        "--disable-features=AsyncDns,DnsOverHttps,MediaRouter,DialMediaRouteProvider,OptimizationHints,InterestFeedContentSuggestions,Translate,WebUSB,WebBluetooth",
        "--disable-gpu", "--mute-audio", "--renderer-process-limit=8", "--js-flags=--max-old-space-size=512",
    ];

    /// <summary>The path of the program.</summary>
    /// <param name="options">Where it is, if that is said.</param>
    /// <param name="path">The folders to look in; those of <c>PATH</c> where left out.</param>
    /// <exception cref="BrowserException">There is none, or it may not run here.</exception>
    public static string Find(BrowserOptions options, string? path = null)
    {
        if (Environment.IsPrivilegedProcess && !options.NoSandbox)
            throw new BrowserException("The browser is off: the lab runs as root, and Chromium's own sandbox does not work for root. Run the lab as another user, or set Tools:Browser:NoSandbox to true.");
        if (options.Chromium is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new BrowserException($"The browser is off: there is no Chromium at {named} (Tools:Browser:Chromium).");
        var folders = (path ?? Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var names = OperatingSystem.IsWindows() ? _names.Select(name => name + ".exe") : _names;
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new BrowserException("The browser is off: Chromium is not on this machine. Install it (on Debian: apt-get install chromium), or set Tools:Browser:Chromium to its path.");
    }

    /// <summary>Starts it, headless, with an empty profile of its own.</summary>
    /// <exception cref="BrowserException">It did not start.</exception>
    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright, string path, Uri proxy, BrowserOptions options)
    {
        try
        {
            return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = path,
                Headless = true,
                ChromiumSandbox = !options.NoSandbox,
                Args = _arguments,
                // A page that opens windows by itself is stopped by Chromium.
                IgnoreDefaultArgs = ["--disable-popup-blocking"],
                Proxy = new Proxy { Server = proxy.GetLeftPart(UriPartial.Authority), Bypass = "<-loopback>" },
                Env = OwnEnvironment(),
                Timeout = 30_000,
            });
        }
        catch (PlaywrightException exception)
        {
            throw new BrowserException(NoSandbox().IsMatch(exception.Message)
                ? "The browser is off: Chromium's own sandbox does not work on this machine, since user namespaces are switched off. Switch them on, or set Tools:Browser:NoSandbox to true."
                : "Chromium did not start; the lab's log has its words.", exception);
        }
    }

    /// <summary>Nothing of the lab's own environment, which may hold secrets.</summary>
    private static Dictionary<string, string> OwnEnvironment()
    {
        var kept = new[] { "PATH", "HOME", "LANG", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "LOCALAPPDATA", "FONTCONFIG_PATH", "FONTCONFIG_FILE" };
        return kept.Select(name => (name, Environment.GetEnvironmentVariable(name))).Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.name, pair => pair.Item2!);
    }

    [GeneratedRegex("No usable sandbox|setuid sandbox|without --no-sandbox|clone\\(\\) failed", RegexOptions.IgnoreCase)]
    private static partial Regex NoSandbox();
}
