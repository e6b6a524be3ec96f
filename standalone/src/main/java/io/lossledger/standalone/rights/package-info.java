/**
 * What each command must be allowed to do in a Kafka with access control: {@link io.lossledger.standalone.rights.Role}. The
 * documentation, the commands that grant rights, and error messages follow from it.
 */
@NullMarked
package io.lossledger.standalone.rights;

import org.jspecify.annotations.NullMarked;
