namespace Alumia.Lab.Organizations;

/// <summary>Something that this instance lacks: what is so, and what its administrator does about it.</summary>
public sealed record InstanceFinding(string What, string Fix);

/// <summary>Looks at how this instance is configured and what its machine has; for administrators.</summary>
public interface IInstanceCheck
{
    /// <summary>What is missing now; empty where nothing is. Within seconds, and without changing anything.</summary>
    Task<IReadOnlyList<InstanceFinding>> LookAsync(CancellationToken cancellation);
}
