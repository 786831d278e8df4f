namespace Alumia.Lab.Tests.Harness;

/// <summary>One lab for all tests of a class: <c>IClassFixture&lt;SharedLab&gt;</c>. It ends after their browsers.</summary>
public class SharedLab : IAsyncLifetime
{
    /// <summary>The lab, as just installed, with what <see cref="Options"/> says.</summary>
    public LabHost Lab { get; private set; } = null!;

    protected virtual LabHostOptions Options { get; } = new();

    public async ValueTask InitializeAsync() => Lab = await LabHost.StartAsync(Options);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Lab is not null)
            await Lab.DisposeAsync();
    }
}
