using Alumia.Lab.Models;

namespace Alumia.Lab.Offline;

/// <summary>The stand-ins of model providers.</summary>
internal sealed class StandIn(OwnAddress own) : IStandIn
{
    public Uri? AddressFor(Provider provider) => provider.NeedsKey && own.Base is { } address ? new Uri(address, $"offline/providers/{provider.Slug}/") : null;
}
