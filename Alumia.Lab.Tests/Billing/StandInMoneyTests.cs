using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Microsoft.Extensions.Hosting;

namespace Alumia.Lab.Tests.Billing;

/// <summary>Money of the stand-in is worth nothing, and never gets where it would be.</summary>
public sealed class StandInMoneyTests
{
    [Theory, BothProviders]
    public async Task A_production_start_on_a_database_with_stand_in_money_ends_with_a_clear_line(Alumia.Lab.Storage.StorageProvider provider)
    {
        using var folder = new TempFolder();
        var settings = await Bench.SettingsAsync(provider, new()
        {
            ["Lab:PublicUrl"] = "https://lab.example.com",
            ["DataProtection:Certificate"] = Certificates.Write(folder.Path, "pass"),
            ["DataProtection:Password"] = "pass",
        });
        await using var lab = await LabProcess.StartAsync(settings, isDriven: true);
        using (var client = lab.Client())
            (await client.GetAsync("/driver/deposit", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await lab.StopAsync();

        settings["ASPNETCORE_ENVIRONMENT"] = Environments.Production;
        settings["Storage:Directory"] = lab.Folder;
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => LabProcess.StartAsync(settings));

        Assert.Contains("The lab ended with 1 before it listened", fault.Message, StringComparison.Ordinal);
        Assert.Contains("This database holds 1 deposit of stand-in money", fault.Message, StringComparison.Ordinal);
    }
}
