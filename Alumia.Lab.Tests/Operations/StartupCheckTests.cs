using Alumia.Lab.Operations;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace Alumia.Lab.Tests.Operations;

/// <summary>A lab that cannot start says why, all of it at once, in lines that say what to change.</summary>
public sealed class StartupCheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private const string PublicUrl = "Lab:PublicUrl=https://lab.example.com";

    [Theory]
    [InlineData("", "Lab:PublicUrl is missing")]
    [InlineData("Lab:PublicUrl=lab.example.com", "Lab:PublicUrl is not an http or https address: lab.example.com")]
    [InlineData($"{PublicUrl}|Storage:Provider=Oracle", "Failed to convert configuration value 'Oracle' at 'Storage:Provider'")]
    [InlineData($"{PublicUrl}|Storage:Provider=Postgres|DataProtection:Certificate=<certificate>", "Storage:ConnectionString is missing")]
    [InlineData($"{PublicUrl}|Storage:Provider=Postgres|Storage:ConnectionString=hunter2|DataProtection:Certificate=<certificate>", "Storage:ConnectionString cannot be read")]
    [InlineData($"{PublicUrl}|Storage:Provider=Postgres|Storage:ConnectionString=Host=db", "On PostgreSQL the keys to all secrets")]
    [InlineData($"{PublicUrl}|Storage:Provider=Postgres|Storage:ConnectionString=Host=db|DataProtection:Certificate=/none.pfx", "DataProtection:Certificate: /none.pfx cannot be read")]
    [InlineData($"{PublicUrl}|Cluster:Provider=Many", "at 'Cluster:Provider'")]
    [InlineData($"{PublicUrl}|Cluster:Provider=Postgres", "Cluster:Provider is Postgres and Storage:Provider is not")]
    [InlineData($"{PublicUrl}|Cluster:Address=here", "Cluster:Address is \"here\"")]
    [InlineData($"{PublicUrl}|ForwardedHeaders:KnownProxies:0=balancer", "ForwardedHeaders:KnownProxies: balancer is neither")]
    [InlineData($"{PublicUrl}|Smtp:Host=mail.example.com", "Smtp:From is missing")]
    [InlineData($"{PublicUrl}|Smtp:Host=mail.example.com|Smtp:From=lab@example.com|Smtp:Port=many", "at 'Smtp:Port'")]
    [InlineData($"{PublicUrl}|Stripe:SecretKey=hunter2", "Stripe:SecretKey is no secret key")]
    [InlineData($"{PublicUrl}|Stripe:SecretKey=sk_live_1|Stripe:WebhookSecret=hunter2", "Stripe:WebhookSecret is no signing secret")]
    [InlineData($"{PublicUrl}|Accounts:SignUp=Sometimes", "at 'Accounts:SignUp'")]
    [InlineData($"{PublicUrl}|Limits:ChatPerMinute=some", "at 'Limits:ChatPerMinute'")]
    [InlineData($"{PublicUrl}|Sessions:MaxSteps=1e3", "at 'Sessions:MaxSteps'")]
    [InlineData($"{PublicUrl}|Tools:Sandbox:Seconds=long", "at 'Tools:Sandbox:Seconds'")]
    [InlineData($"{PublicUrl}|Retention:Days=3", "Retention:Days is 3")]
    [InlineData($"{PublicUrl}|Logs:Format=Xml", "Logs:Format is Xml")]
    public void Each_fault_is_one_line_that_names_its_setting_and_no_secret(string settings, string expected)
    {
        var fault = Assert.Single(Faults(settings, Environments.Production));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PublicUrl, "Production")]
    [InlineData($"{PublicUrl}|Stripe:SecretKey=sk_live_1", "Production")]
    [InlineData($"{PublicUrl}|Storage:Provider=Postgres|Storage:ConnectionString=Host=db;Database=lab|DataProtection:Certificate=<certificate>", "Production")]
    [InlineData("", "Development")]
    public void What_the_lab_can_do_without_is_no_fault(string settings, string environment) => Assert.Empty(Faults(settings, environment));

    [Theory]
    [InlineData(null, "Production", true)]
    [InlineData(null, "Development", false)]
    [InlineData("text", "Production", false)]
    [InlineData("Json", "Development", true)]
    public void Logs_are_lines_of_JSON_in_production_unless_set_otherwise(string? format, string environment, bool isJson) =>
        Assert.Equal(isJson, Logs.IsJson(Configuration(format is null ? "" : $"Logs:Format={format}"), new HostingEnvironment { EnvironmentName = environment }));

    [Fact]
    public async Task A_production_start_tells_all_that_is_wrong_and_nothing_else_and_ends_with_1()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = Environments.Production,
            ["Storage:Provider"] = "Postgres",
            ["Smtp:Host"] = "mail.example.com",
            ["Retention:Days"] = "1",
        };
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => LabProcess.StartAsync(settings));
        var lines = fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("The lab ended with 1 before it listened:", lines[0]);
        Assert.Equal(["Lab:PublicUrl", "Storage:ConnectionString", "On", "Smtp:From", "Retention:Days"], lines.Skip(1).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task A_database_that_lets_nobody_in_is_one_line_too()
    {
        var settings = new Dictionary<string, string?> { ["Storage:Provider"] = "Postgres", ["Storage:ConnectionString"] = "Host=127.0.0.1;Port=1;Database=lab;Username=lab;Password=hunter2" };
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => LabProcess.StartAsync(settings));
        Assert.Contains("The lab ended with 1 before it listened", fault.Message, StringComparison.Ordinal);
        var told = fault.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("PostgreSQL does not let the lab in", StringComparison.Ordinal));
        Assert.Single(told);
        Assert.DoesNotContain("   at ", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Faults(string settings, string environment) =>
        StartupCheck.Faults(Configuration(WithCertificate(settings)), new HostingEnvironment { EnvironmentName = environment });

    private string WithCertificate(string settings) =>
        settings.Contains("<certificate>", StringComparison.Ordinal) ? settings.Replace("<certificate>", Certificates.Write(_folder.Path, ""), StringComparison.Ordinal) : settings;

    private static IConfiguration Configuration(string settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('=', 2)).Select(pair => new KeyValuePair<string, string?>(pair[0], pair[1])))
        .Build();
}
