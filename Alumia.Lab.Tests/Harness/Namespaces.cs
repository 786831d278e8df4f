using System.Diagnostics;

namespace Alumia.Lab.Tests.Harness;

/// <summary>Whether this machine lets bubblewrap make namespaces at all. Containers often do not, and no test can change that.</summary>
public static class Namespaces
{
    private static readonly Lazy<string?> _failure = new(() =>
    {
        using var process = Process.Start(new ProcessStartInfo(Parts.Find("bwrap")!, ["--unshare-all", "--ro-bind", "/", "/", "true"]) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said.Trim();
    });

    /// <summary>Skips the test where the bare call of bubblewrap fails on this machine.</summary>
    public static void Need()
    {
        Parts.Need(Part.Bubblewrap);
        Assert.SkipWhen(_failure.Value is not null, $"`bwrap --unshare-all --ro-bind / / true` fails on this machine: {_failure.Value}");
    }
}
