namespace Alumia.Lab.Models;

/// <summary>Knows stand-ins for providers that have no key. Absent outside Development.</summary>
public interface IStandIn
{
    /// <summary>The key that every stand-in takes.</summary>
    const string GoodKey = "offline-good";

    /// <summary>What the keys begin with that are for a stand-in and for nobody else.</summary>
    const string KeyPrefix = "offline-";

    /// <summary>Where this provider's stand-in answers, or null where it has none.</summary>
    Uri? AddressFor(Provider provider);
}
