using Alumia.Lab.Browser;

namespace Alumia.Lab.Tests.Browser;

/// <summary>Where the browser cannot be used, it says why and what to do.</summary>
public sealed class ChromiumTests
{
    [Fact]
    public void Without_a_sandbox_without_a_program_and_at_a_wrong_path_it_is_off()
    {
        if (Environment.IsPrivilegedProcess)
            Assert.Contains("Tools:Browser:NoSandbox", Refused(new BrowserOptions()), StringComparison.Ordinal);
        Assert.Contains("there is no Chromium at /no/such/chromium", Refused(new BrowserOptions { NoSandbox = true, Chromium = "/no/such/chromium" }), StringComparison.Ordinal);
        Assert.Contains("Install it", Refused(new BrowserOptions { NoSandbox = true }, "/no/such/folder"), StringComparison.Ordinal);
    }

    private static string Refused(BrowserOptions options, string? folders = null) => Assert.Throws<BrowserException>(() => Chromium.Find(options, folders)).Message;
}
